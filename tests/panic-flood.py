#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
A program that panics at every event does not fill the kernel log: ten reports in five
seconds. The count in its fdinfo is exact, and another program that panics is reported.
"""
import os
import re
import time

from lib.exits import call, check_all_cpus_run_programs, no_exits, row, times
from lib.rex import KernelLog, Loaded, check, dup, extension

SYS_DUP = 32
FD = 99  # the extension panics for this descriptor only
PANICS = times(1_000_000)
REPORTS, INTERVAL = 10, 5  # seconds
LOG_LINES = 30  # of one report: the message and at most 24 places of the backtrace

os.dup2(0, FD)
with Loaded(extension("panic"), "explicit_panic") as loaded, KernelLog() as log:
    start = time.monotonic()
    call(SYS_DUP, PANICS, FD)
    seconds = time.monotonic() - start
    check(loaded.exits("explicit_panic") == {**no_exits(), "panics": PANICS}, loaded.exits("explicit_panic"))

    with Loaded(extension("panic"), "unwrap_of_none") as other:
        dup(FD)
        log.wait_for("^rex: program 'panic/unwrap_of_none' panicked")
        check(other.exits("unwrap_of_none") == {**no_exits(), "panics": 1}, other.exits("unwrap_of_none"))

    reports = len(re.findall("^rex: program 'panic/explicit_panic' panicked", log.text(), re.M))
    limit = REPORTS * (seconds // INTERVAL + 2)
    check(0 < reports <= limit, f"{reports} reports in {seconds:.1f} s, allowed are {limit:.0f}")
    lines = len(log.text().splitlines())
    check(lines <= (limit + 1) * LOG_LINES, f"{lines} lines in the kernel log")
    row("panics in a row", PANICS, a_second=f"{PANICS / seconds:,.0f}", reports=reports)
check_all_cpus_run_programs()
