#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
In an NMI, LRU maps and tables of prefixes can't be changed, which would wait for ever for a lock
that what was interrupted holds; other maps can.
"""
import errno
import os

from lib.exits import BUDGET_MS, DEBUG_KERNEL, in_children, on_cpu, setting, times
from lib.places import BREAKPOINT, NMI, USER, check_breakpoint, plain_kprobes
from lib.rex import Loaded, check, extension, skip, wait_until

ROUNDS = times(1000)
CHANGES = ("insert into LRU", "insert into LRU per CPU", "insert a prefix", "insert per CPU", "delete from LRU", "delete a prefix")
ALLOWED = [0] * 6
IN_NMI = [0 if what == "insert per CPU" else -errno.EBUSY % 2 ** 64 for what in CHANGES]

if DEBUG_KERNEL:
    skip("lockdep does not know how eBPF's hash maps guard themselves from NMIs, and reports it")


def results(loaded, place):
    return loaded.map("changes").first(3 * len(CHANGES))[len(CHANGES) * place:][:len(CHANGES)]


def change_all_the_time():
    """On the last CPU, which the first sends NMIs."""
    with on_cpu(os.cpu_count() - 1):
        for _ in range(ROUNDS):
            USER.trigger()


def send_nmis():
    for _ in range(ROUNDS):
        NMI.trigger()


with plain_kprobes(), setting(BUDGET_MS, 1000), \
        Loaded(extension("maps"), f"in_task{USER.hook}", f"in_breakpoint{BREAKPOINT.hook}", "in_nmi") as loaded:
    check_breakpoint()
    USER.trigger()
    check(results(loaded, 0) == ALLOWED, "in a task", *zip(CHANGES, results(loaded, 0)))

    BREAKPOINT.trigger()
    check(results(loaded, 1) == IN_NMI, "at a breakpoint", *zip(CHANGES, results(loaded, 1)))

    NMI.trigger()
    wait_until(lambda: results(loaded, 2) == IN_NMI, f"in an NMI: {IN_NMI}")

    in_children(change_all_the_time, send_nmis)
    for program in ("in_task", "in_breakpoint", "in_nmi"):
        check(not any(loaded.exits(program).values()), program, loaded.exits(program))
