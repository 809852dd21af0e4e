#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
Whatever a program holds when it ends, and however it ends, is given back: locks, references
to tasks, records of ring buffers. What a program forgot is counted as a leak, and what
it gave back itself is not. More than 128 things are refused.
"""
import errno

from lib.exits import check_all_cpus_run_programs, no_exits
from lib.ledger import CAPACITY, COUNTED, FAULT, FORGET, HELPER, LOOP, OVERFLOW, PANIC, RELEASE, Holder
from lib.rex import check

RUNS = 3
# Locks, tasks, records. The program gives back up to 8 records itself.
LOADS = ((0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 1), (40, 0, 0), (0, 40, 0), (0, 0, 8), (60, 60, 8))
ENDS = (RELEASE, FORGET, PANIC, LOOP, FAULT, OVERFLOW, HELPER)


def ends_holding(holder, load, end):
    holder.want(*load, end)
    holder.run(RUNS)
    check(holder.got() == load, f"{load}: got {holder.got()}")
    expected = no_exits()
    if end in COUNTED:
        expected[COUNTED[end]] = RUNS
    if end == FORGET:
        expected["leaks"] = RUNS * sum(load)
    counted = holder.counted()
    check(counted == expected, f"{load}, end {end}: counted {counted}, expected {expected}")
    submitted = RUNS * ((load[2] + 1) // 2) if end == RELEASE else 0
    found = holder.ring.take()
    check(found == (submitted, RUNS * load[2] - submitted), f"{load}, end {end}: records {found}, {submitted} expected submitted")
    holder.check_nothing_held()


def too_much(holder, load, expected, error):
    """A full ledger is an error that the program sees; it goes on and gives all back."""
    holder.want(*load, FORGET)
    holder.run()
    check(holder.got() == expected, f"{load}: got {holder.got()}, expected {expected}")
    check(holder.lock_error() == error, f"{load}: error {holder.lock_error()}, expected {error}")
    check(holder.counted() == {**no_exits(), "leaks": CAPACITY}, load)
    holder.ring.take()
    holder.check_nothing_held()


with Holder() as holding:
    for things in LOADS:
        for how in ENDS:
            ends_holding(holding, things, how)
    too_much(holding, (CAPACITY + 1, 0, 0), (CAPACITY, 0, 0), errno.ENOSPC)
    too_much(holding, (0, CAPACITY + 1, 0), (0, CAPACITY, 0), 0)
    too_much(holding, (0, 0, CAPACITY + 1), (0, 0, CAPACITY), 0)
    too_much(holding, (100, 100, 1), (100, 28, 0), 0)
    holding.check_task_is_freed()
check_all_cpus_run_programs()
