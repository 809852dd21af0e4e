#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
A program that needs half of its budget is never ended, though four loads compete with the machine for the host's
CPUs and four others compete within it: time in which the program did not run does not count.
"""
import contextlib
import os
import statistics
import subprocess
import sys
import time

sys.path.insert(0, "..")
from lib.exits import call, in_children, no_exits, on_cpu, row
from lib.machine import run_inside
from lib.places import FUNCTION, SYS_GETPRIORITY
from lib.rex import Loaded, check, extension

LOADS = 4
RUNS = {10: 300, 100: 30}  # by budget in ms, on each CPU
LONGEST_BUDGET = 1000
STEPS, SAMPLES, FIRST_ROUNDS = 3, 100, 1000


@contextlib.contextmanager
def loads():
    children = [subprocess.Popen(["sh", "-c", "while :; do :; done"]) for _ in range(LOADS)]
    try:
        yield
    finally:
        for child in children:
            child.kill()
            child.wait()


def run_ns():
    """How long one run takes."""
    start = time.monotonic_ns()
    os.getpriority(os.PRIO_PROCESS, 0)
    return time.monotonic_ns() - start


def rounds_for(milliseconds):
    """How much work the program does in that time: as most runs show that nothing took time from."""
    with Loaded(extension("work"), f"work@{FUNCTION}", budget_ms=LONGEST_BUDGET) as loaded:
        rounds = FIRST_ROUNDS
        for _ in range(STEPS):
            loaded.map("rounds").set(0, rounds)
            quarter, _, _ = statistics.quantiles(run_ns() for _ in range(SAMPLES))
            rounds = int(rounds * milliseconds * 10**6 / quarter)
        return rounds


def on(cpu, count):
    def run():
        with on_cpu(cpu):
            call(SYS_GETPRIORITY, count)
    return run


def in_the_machine():
    rounds = {budget: rounds_for(budget / 2) for budget in RUNS}
    for budget, runs in RUNS.items():
        with Loaded(extension("work"), f"work@{FUNCTION}", budget_ms=budget) as loaded, loads():
            loaded.map("rounds").set(0, rounds[budget])
            start = time.monotonic()
            in_children(on(0, runs), on(1, runs))
            seconds = time.monotonic() - start
            check(loaded.exits("work") == no_exits(), f"budget {budget} ms: {loaded.exits('work')}")
            row(f"half of a budget of {budget} ms, {LOADS} loads", 2 * runs, ms_for_one=f"{seconds / runs * 1000:.1f}")


run_inside(in_the_machine, beside=loads)
