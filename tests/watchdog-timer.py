#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The watchdog's timer ticks on every CPU that is online while a program is loaded, and on none when no program is."""
import os

from lib.rex import Loaded, extension, read, wait_until, write

ONLINE = "/sys/devices/system/cpu/cpu1/online"


def timers():
    """How many CPUs have the timer."""
    return read("/proc/timer_list").count("rex_timer_fn")


def check_timers(expected, when):
    wait_until(lambda: timers() == expected, f"{expected} timers {when}; there are {timers()}")


cpus = len(os.sched_getaffinity(0))
check_timers(0, "before a program is loaded")
with Loaded(extension("count"), "count_dup"):
    check_timers(cpus, "with a program")
    with Loaded(extension("count"), "count_dup"):
        check_timers(cpus, "with two")
    check_timers(cpus, "with one again")
    if os.path.exists(ONLINE):
        try:
            write(ONLINE, "0")
            check_timers(cpus - 1, "with a CPU away")
        finally:
            write(ONLINE, "1")
        check_timers(cpus, "with the CPU back")
check_timers(0, "without a program")
