#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
However a program ends, wherever it runs and whatever it holds then, it is counted, what it
holds is given back, and programs go on everywhere. The same for two programs, one on top of the other.
"""
from lib.exits import BUDGET_MS, Exits, check_all_cpus_run_programs, no_exits, setting
from lib.ledger import COUNTED, FAULT, FORGET, HELPER, LOOP, NAMES, OVERFLOW, PANIC, RELEASE, Holder
from lib.places import (BREAKPOINT, HARDIRQ, HARDIRQ_TRACEPOINT, NMI, SAMPLE, SOFTIRQ, SOFTIRQ_TRACEPOINT, TASK, TASK_TRACEPOINT,
                        USER, check_breakpoint, plain_kprobes)
from lib.rex import check, wait_until

PLACES = {
    TASK: "hold", USER: "hold", SOFTIRQ: "hold", HARDIRQ: "hold", BREAKPOINT: "hold",
    TASK_TRACEPOINT: "hold_system_call", SOFTIRQ_TRACEPOINT: "hold_softirq", HARDIRQ_TRACEPOINT: "hold_hardirq",
    SAMPLE: "hold_sample", NMI: "hold_nmi",
}
LOADS = ((0, 0, 0), (1, 1, 1), (40, 40, 8))  # locks, tasks, records
ENDS = (RELEASE, FORGET, PANIC, LOOP, HELPER, FAULT, OVERFLOW)
BUDGET = 5  # so that an emulator can translate in it what runs for the first time
INNER_HOOK = "@htab_map_update_elem"  # of the helper that the program `around` calls


def held(place, load):
    """What of a load the program gets: no references to tasks in NMI context, which a breakpoint counts as."""
    return (load[0], 0, load[2]) if place in (NMI, BREAKPOINT) else load


def expected(end, load):
    """The counters of a program after one run."""
    if end == FORGET:
        return {**no_exits(), "leaks": sum(load)}
    return {**no_exits(), **({COUNTED[end]: 1} if end in COUNTED else {})}


def records(ends_and_loads):
    """(submitted, discarded): a program submits half of the records that it gives back itself."""
    submitted = sum((load[2] + 1) // 2 for end, load in ends_and_loads if end == RELEASE)
    return submitted, sum(load[2] for _, load in ends_and_loads) - submitted


def alone(place, program):
    with plain_kprobes(), Holder(program + place.hook) as holder, Exits() as exits:
        if place is BREAKPOINT:
            check_breakpoint()
        for load in LOADS:
            for end in ENDS:
                what = f"{place.name}, {load}, {NAMES[end]}"
                holder.want(*load, end)
                holder.arm()
                place.trigger()
                wait_until(lambda: not holder.left(), f"{what}: the program runs")
                if end in COUNTED:
                    seen = exits.next()
                    check(seen.program == f"ledger/{program}" and f"{seen.kind}s" == COUNTED[end], what, seen)
                got = held(place, load)
                wait_until(lambda: holder.got() == got, f"{what}: it gets {got}")
                # It may still be about to end, on another CPU.
                wait_until(lambda: holder.counted(keep=True) == expected(end, got), f"{what}: it is counted as {expected(end, got)}")
                wait_until(holder.ring.finished, f"{what}: its records are given back")
                holder.counted()
                found = holder.ring.take()
                check(found == records([(end, got)]), f"{what}: records {found}")
                holder.check_no_lock_is_held()
        if held(place, (0, 1, 0)) == (0, 1, 0):
            holder.check_task_is_freed()


def nested():
    """The inner program's end leaves the outer one what it holds; then that ends."""
    with Holder(f"hold{INNER_HOOK}", f"around{USER.hook}") as holder:
        before = no_exits()
        for load in LOADS[1:]:
            for inner in ENDS:
                for outer in ENDS:
                    what = f"{load}, {NAMES[inner]} in {NAMES[outer]}"
                    holder.want(*load, inner)
                    holder.want(*load, outer, outer=True)
                    holder.arm()
                    USER.trigger()
                    counted = holder.counted()
                    check(counted == expected(inner, load), f"{what}: the inner program: {counted}")
                    now = holder.loaded.exits("around")
                    counted = {kind: now[kind] - before[kind] for kind in now}
                    before = now
                    check(counted == expected(outer, load), f"{what}: the outer program: {counted}")
                    found = holder.ring.take()
                    check(found == records([(inner, load), (outer, load)]), f"{what}: records {found}")
                    holder.check_no_lock_is_held()
        holder.check_task_is_freed()


with setting(BUDGET_MS, BUDGET):
    for where, name in PLACES.items():
        alone(where, name)
    nested()
check_all_cpus_run_programs()
