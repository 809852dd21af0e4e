#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
Programs run on a CPU that was taken away and came back, and on one that came later than the object. Those
that run for ever are ended there, and on the CPU that is left while the other is away.
"""
import os

from lib.exits import BUDGET_MS, Exits, on_cpu, setting
from lib.places import FUNCTION, system_call
from lib.rex import Loaded, check, dup, extension, skip, write

FD = 99  # count_dup counts this descriptor only
CPU = 1
CYCLES = 3
ONLINE = f"/sys/devices/system/cpu/cpu{CPU}/online"


def counted_after_dup_on(loaded, cpu):
    os.sched_setaffinity(0, {cpu})
    dup(FD)
    os.sched_setaffinity(0, range(os.cpu_count()))
    return loaded.map("dups").get(cpu)


def check_ended_on(cpu, loaded, exits):
    """The program runs for ever on that CPU and is ended."""
    loaded.map("armed").set(0, 1)
    with on_cpu(cpu):
        system_call()
    end = exits.next()
    check(end.cpu == cpu and end.kind == "timeout", f"expected a timeout on CPU {cpu}:", end)


def programs_end_while_it_goes_and_comes():
    # With interrupts off it takes the other CPU's help.
    for program, ends_alone in (("in_own_code", True), ("in_own_code_locked", False)):
        with Loaded(extension("runaway"), f"{program}@{FUNCTION}") as runaway, Exits() as exits, setting(BUDGET_MS, 2):
            for _ in range(CYCLES):
                write(ONLINE, "0")
                if ends_alone:
                    check_ended_on(0, runaway, exits)
                write(ONLINE, "1")
                for cpu in (0, CPU):
                    check_ended_on(cpu, runaway, exits)


if not os.path.exists(ONLINE):
    skip("needs a second CPU that can be taken offline")
os.dup2(0, FD)
try:
    with Loaded(extension("count"), "count_dup") as loaded:
        check(counted_after_dup_on(loaded, CPU) == 1, f"not counted on CPU {CPU}")
        write(ONLINE, "0")
        check(counted_after_dup_on(loaded, 0) == 1, f"not counted on CPU 0 while CPU {CPU} is away")
        write(ONLINE, "1")
        check(counted_after_dup_on(loaded, CPU) == 2, f"not counted on CPU {CPU} after it came back")

    write(ONLINE, "0")
    with Loaded(extension("count"), "count_dup") as loaded:
        write(ONLINE, "1")
        check(counted_after_dup_on(loaded, CPU) == 1, f"not counted on CPU {CPU}, which came after the object was loaded")

    programs_end_while_it_goes_and_comes()
finally:
    write(ONLINE, "1")
