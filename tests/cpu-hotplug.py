#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Programs run on a CPU that was taken away and came back, and on one that came later than the object."""
import os

from lib.rex import Loaded, check, dup, extension, skip, write

FD = 99  # count_dup counts this descriptor only
CPU = 1
ONLINE = f"/sys/devices/system/cpu/cpu{CPU}/online"


def counted_after_dup_on(loaded, cpu):
    os.sched_setaffinity(0, {cpu})
    dup(FD)
    os.sched_setaffinity(0, range(os.cpu_count()))
    return loaded.map("dups").get(cpu)


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
finally:
    write(ONLINE, "1")
