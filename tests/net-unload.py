#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
An interface goes away while packets come and programs on it run, and are being killed or panic, on all CPUs; so
does their loader. The links are without an interface then, and what the object had is freed when all have left.
"""
import contextlib
import os
import signal
import socket
import subprocess

from lib.exits import CALL, check_all_cpus_run_programs, row, times
from lib.net import DRV_MODE, SKB_MODE, Namespace, Program, ifindex_of
from lib.rex import Loaded, check, extension, read, wait_until
from lib.wire import join

REMOVALS = times(200)
SYS_SENDTO, FOR_EVER = 44, 1_000_000_000
PANIC, LOOP = 2, 3  # what xdp_ends and tc_ends do
KINDS = {PANIC: "panics", LOOP: "timeouts"}


def images():
    """Objects in the kernel's memory."""
    return read("/proc/vmallocinfo").count(" rex_image")


@contextlib.contextmanager
def traffic(near, address):
    """Datagrams, from each CPU as fast as it can."""
    with near.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.connect((address, 9))
        senders = [subprocess.Popen(["nice", "-n", "19", "taskset", "-c", str(cpu), CALL, str(SYS_SENDTO), str(FOR_EVER), str(sock.fileno())],
                                    pass_fds=[sock.fileno()]) for cpu in sorted(os.sched_getaffinity(0))]
        try:
            yield senders
            check(all(sender.poll() is None for sender in senders), "a sender ended")
        finally:
            for sender in senders:
                sender.kill()
                sender.wait()


@contextlib.contextmanager
def attached(loaded, near, far, mode):
    """Links on the way out of one end, and on both ways in at the other."""
    xdp, tc = Program(loaded.ids["xdp_ends"]), Program(loaded.ids["tc_ends"])
    with contextlib.ExitStack() as links:
        with near.namespace.entered():
            held = [links.enter_context(tc.link(near.index, Program.TCX_EGRESS))]
        with far.namespace.entered():
            held += [links.enter_context(xdp.link(far.index, Program.XDP, mode)),
                     links.enter_context(tc.link(far.index, Program.TCX_INGRESS))]
        yield held


def wait_until_both_end(loaded, kind, often):
    for name in "xdp_ends", "tc_ends":
        before = loaded.exits(name)[kind]
        wait_until(lambda name=name, before=before: loaded.exits(name)[kind] > before + often, f"{kind} of {name} on all CPUs")


def remove(way, mode, loader_first):
    """One interface, which goes with its peer while programs end in a way."""
    loaded = Loaded(extension("net"), budget_ms=1)
    loaded.map("wish").set(0, way)
    with Namespace("near") as inner, Namespace("far") as outer:
        near, far = join(inner, outer)
        with traffic(inner, far.ipv4) as senders, attached(loaded, near, far, mode) as links:
            wait_until_both_end(loaded, KINDS[way], len(senders))
            if loader_first:
                loaded.process.send_signal(signal.SIGKILL)
                loaded.process.wait()
            far.namespace.ip(f"link del {far.name}")
            wait_until(lambda: all(ifindex_of(link) == 0 for link in links), "the links without an interface")
    if not loader_first:
        loaded.close()


before_all = images()
for number in range(REMOVALS):
    remove((LOOP, PANIC)[number % 2], (SKB_MODE, DRV_MODE)[(number + number // 2) % 2], number % 3 == 0)
    wait_until(lambda: images() == before_all, "the object is freed")
row("interfaces that go while programs on them are ended", REMOVALS)
check_all_cpus_run_programs()
