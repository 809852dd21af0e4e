#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
Programs that run for ever are ended in time, wherever they run and whatever they do. In a
machine of its own that counts instructions, where times are exact.
"""
import sys
import time

sys.path.insert(0, "..")
from lib.exits import Exits, in_children, on_cpu, row
from lib.machine import run_inside
from lib.places import BREAKPOINT
from lib.rex import check, wait_until
from lib.runaway import CASES, Case, run, running

CPUS = 4
TIME_LIMIT = 600
ALL_FORKED = 0.3  # seconds
EACH_FURTHER_MS = 6  # until the CPU behind one that does not tick is watched


def on(cpu, start):
    def trigger():
        with on_cpu(cpu):
            while time.monotonic() < start:
                pass
            BREAKPOINT.trigger()
    return trigger


def on_all_cpus_but_one(exits):
    """One CPU is enough to end programs that have their interrupts off on all others."""
    case = Case("in_own_code", BREAKPOINT)
    others = range(1, CPUS)
    with running(case) as loaded:
        loaded.map("armed").set(0, len(others))
        start = time.monotonic() + ALL_FORKED
        in_children(*(on(cpu, start) for cpu in others))
        ends = wait_until(lambda: (found := exits.all())[len(others) - 1:] and found, "the programs are ended")
        check(sorted(end.cpu for end in ends) == list(others), *ends)
        started = loaded.map("started").get(0)
        check(min(end.ns for end in ends) > started, "they did not run at the same time:", started, *ends)
        took = (max(end.ns for end in ends) - started) / 1e6
    limit = case.limit() + EACH_FURTHER_MS * (len(others) - 1)
    check(took <= limit, f"on {len(others)} CPUs at once: {took:.3f} ms, allowed {limit} ms")
    row("loops with interrupts off on 3 of 4 CPUs", len(others), ms=f"{took:.1f}", allowed=limit)


def in_the_machine():
    late = []
    with Exits() as exits:
        for case in CASES:
            took, end, _, _ = run(case, exits)
            check((end.program, end.kind) == (f"runaway/{case.program}", case.kind), case, end)
            row(f"loop: {case}", 1, ms=f"{took:.1f}", allowed=case.limit())
            if not case.budget_ms <= took <= case.limit():
                late.append(str(case))
        on_all_cpus_but_one(exits)
    check(not late, "not in time:", *late)


run_inside(in_the_machine, "--count-instructions", "--cpus", str(CPUS), "--time-limit", str(TIME_LIMIT), "--log-level", "2")
