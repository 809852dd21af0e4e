#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
Programs in all contexts come on top of each other on two CPUs, at random: they hold things, panic, fault,
overflow their stacks and are killed. Each start has one end; each end is told of the program it is
of; nothing is held afterwards.
"""
import contextlib
import os
import subprocess
import time

from lib.exits import BUDGET_MS, DEBUG_KERNEL, SOAK, Exits, check_all_cpus_run_programs, row, setting
from lib.ledger import RingBuffer
from lib.places import SAMPLE, USER
from lib.rex import TOP, Loaded, check, extension, read, wait_until

CHURN = f"{TOP}/build/tests/churn"
# At length only where the kernel looks for mistakes.
SECONDS = 600 if SOAK and DEBUG_KERNEL else 6
PROGRAMS = {"task": f"task{USER.hook}", "inner": "inner", "softirq": "softirq", "any_softirq": "any_softirq", "hardirq": "hardirq",
            "sample": f"sample{SAMPLE.hook}", "nmi": "nmi"}
PID, BAD, LOOPS, _, HASH_IN_NMI = range(5)  # in the map `settings`
LOCKS = 4
RING = 1 << 16
# One in how many runs ends badly; one in how many of those is a loop for ever.
ONE_BAD_IN, ONE_LOOP_IN = 50, 20


def counts(loaded):
    """{program: (starts, ends, exits, misses)}."""
    found = {}
    for number, name in enumerate(PROGRAMS):
        starts, ends = (loaded.map("counts").get(2 * number + what) for what in range(2))
        found[name] = starts, ends, loaded.exits(name), int(loaded.fdinfo(name)["recursion_misses"])
    return found


def wrong(found):
    """What does not add up: for a moment so where a program runs on another CPU."""
    told = []
    for name, (starts, ends, exits, _) in found.items():
        # A kill can come before the count of the start, or after that of the end.
        unknown = starts - ends - exits["panics"] - exits["faults"] - exits["timeouts"]
        if not -exits["timeouts"] <= unknown <= 0:
            told.append(f"{name}: {starts} starts, {ends} ends, {exits}")
    return told


def check_counts(attached):
    """The counts, when they add up."""
    found = {}

    def add_up():
        found.update(counts(attached))
        return not wrong(found)

    with contextlib.suppress(TimeoutError):
        wait_until(add_up, "the counts add up")
    check(not wrong(found), *wrong(found))
    for name, (starts, *_) in found.items():
        check(starts > 0, f"{name} never ran")
    for kind in ("panics", "faults", "timeouts", "leaks"):
        check(sum(exits[kind] for _, _, exits, _ in found.values()), f"no {kind}", found)
    return found


def check_names(exits):
    """The trace keeps the last ends: each panic names its own program."""
    for end in exits.all():
        if end.reason.startswith("in "):
            check(end.program == f"nest/{end.reason[3:]}", end)


with contextlib.ExitStack() as stack:
    stack.enter_context(setting(BUDGET_MS, 1))
    attached = stack.enter_context(Loaded(extension("nest"), *PROGRAMS.values()))
    ring = RingBuffer(attached.ids["records"], RING)
    stack.callback(ring.close)
    task = stack.enter_context(subprocess.Popen(["sleep", "infinity"]))
    stack.callback(task.kill)
    with Exits() as ends_seen:
        # lockdep does not know how eBPF's hash maps guard themselves from NMIs.
        for which, value in ((PID, task.pid), (HASH_IN_NMI, not DEBUG_KERNEL), (LOOPS, ONE_LOOP_IN), (BAD, ONE_BAD_IN)):
            attached.map("settings").set(which, value)
        churns = [subprocess.Popen([CHURN, str(cpu), str(SECONDS)]) for cpu in sorted(os.sched_getaffinity(0))]
        while any(churn.poll() is None for churn in churns):
            ring.skip()
            time.sleep(0.1)
        # From now on nobody ends badly.
        attached.map("settings").set(BAD, 0)
        check(not any(churn.returncode for churn in churns), [churn.returncode for churn in churns])
        check_names(ends_seen)
    counted = check_counts(attached)
    held = [lock for lock in range(LOCKS) if attached.map("locks").get(lock) & 0xFFFFFFFF]
    check(not held, f"locks that are still taken: {held}")
    for program, (starts, _, exits, misses) in counted.items():
        row(f"nesting: {program}", starts, **exits, misses=misses)
check_all_cpus_run_programs()
