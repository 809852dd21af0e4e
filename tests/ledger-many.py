#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""After very many programs that ended while they held things, nothing is left of it."""
import time

from lib.exits import BUDGET_MS, check_all_cpus_run_programs, no_exits, row, setting, times
from lib.ledger import COUNTED, FAULT, FORGET, HELPER, LOOP, NAMES, OVERFLOW, PANIC, Holder
from lib.rex import check

HELD = (2, 3, 2)  # locks, tasks, records
BATCH = 500  # runs that fit the ring buffer
# How they end, how often.
ENDS = ((PANIC, 1_000_000), (LOOP, 50_000), (HELPER, 50_000), (FAULT, 100_000), (OVERFLOW, 100_000), (FORGET, 100_000))


def many(holder, end, count):
    holder.want(*HELD, end)
    start = time.monotonic()
    done = 0
    while done < count:
        batch = min(BATCH, count - done)
        holder.run(batch)
        done += batch
        found = holder.ring.take()
        check(found == (0, batch * HELD[2]), f"{NAMES[end]}: records submitted and discarded: {found}")
    seconds = time.monotonic() - start
    expected = {**no_exits(), "leaks": count * sum(HELD)} if end == FORGET else {**no_exits(), COUNTED[end]: count}
    counted = holder.counted()
    check(counted == expected, f"{NAMES[end]}: counted {counted}, expected {expected}")
    holder.check_nothing_held()
    row(f"{NAMES[end]} with locks, tasks, records held", count, each=f"{seconds / count * 1e6:.0f} us")


with Holder() as holding:
    for how, full in ENDS:
        with setting(BUDGET_MS, 1 if how in (LOOP, HELPER) else 10):
            many(holding, how, times(full))
    holding.check_task_is_freed()
check_all_cpus_run_programs()
