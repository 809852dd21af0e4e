# SPDX-License-Identifier: GPL-2.0
"""One at a time lays files over the tree or builds from it: two builds in one
folder break it, and two at once help nobody."""
import contextlib
import fcntl
import os

LOCK = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../build/linux.lock")


@contextlib.contextmanager
def the_tree():
    os.makedirs(os.path.dirname(LOCK), exist_ok=True)
    with open(LOCK, "w", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("  WAIT    for another build of the kernel to end", flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
