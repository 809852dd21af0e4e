#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
A program that runs for ever is ended, whatever it does and in whatever context it
runs, when its budget is used up: what it was attached to goes on, it is counted and
traced as a timeout, and programs run on every CPU afterwards.

How exactly the budget is kept depends here on what else the host does;
host/runaway-times.py says it where time is counted in instructions.
"""
from lib.exits import Exits, check_all_cpus_run_programs, no_exits
from lib.rex import check
from lib.runaway import CASES, run

SLACK = 50  # how much longer than allowed it may take on an emulated, busy machine

with Exits() as exits:
    for case in CASES:
        took, end, counted, ended = run(case, exits)
        print(f"{case}: {took:.1f} ms")
        check((end.program, end.kind, end.reason) == (f"runaway/{case.program}", case.kind, case.reason), case, end)
        check(counted == {**no_exits(), f"{case.kind}s": 1}, case, counted)
        check(ended == 0, f"{case}: it came to its end")
        check(case.budget_ms <= took <= case.limit() * SLACK,
              f"{case}: ended after {took:.1f} ms, allowed are {case.limit()} ms")
check_all_cpus_run_programs()
