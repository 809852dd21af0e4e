#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
A program that runs off its stack is ended, with a message of its own: by a check,
wherever the recursion is, and also by the page behind the stack, which no checked
code reaches. Many times in a row.
"""
import re
import time

from lib.exits import Exits, call, check_all_cpus_run_programs, no_exits, row, times
from lib.rex import KernelLog, Loaded, check, extension

HOOK = "__x64_sys_getpriority"
SYS_GETPRIORITY = 140

CHECKED = "stack overflow"
IN_MESSAGE = "stack overflow while the message of a panic was formatted"
GUARD = r"stack overflow into the guard page at address 0xffff[0-9a-f]{12} in stack::%s\+0x[0-9a-f]+/0x[0-9a-f]+"

# Program, kind, message, a function in the backtrace if there is one.
OVERFLOWS = (
    ("recursion", "panic", CHECKED, "stack::deeper"),
    ("large_frames", "panic", CHECKED, "stack::deeper_with_frame"),
    ("formatting", "panic", CHECKED, "<stack::Nested as core::fmt::Display>::fmt"),
    ("message", "panic", IN_MESSAGE, "<stack::Nested as core::fmt::Display>::fmt"),
    ("guard_by_push", "fault", GUARD % "push_for_ever", None),
    ("guard_by_pages", "fault", GUARD % "pages_for_ever", None),
)
VERBS = {"panic": "panicked", "fault": "faulted"}


def once(loaded, program, kind, message, function):
    trace = rf"(?:rex:   .*\n)*?rex:   .*{re.escape(function)}\+0x.*\n" if function else ""
    with KernelLog() as log, Exits() as exits:
        call(SYS_GETPRIORITY, 1)
        log.wait_for(rf"^rex: program 'stack/{program}' {VERBS[kind]}: {message}\nrex: backtrace:\n{trace}")
        end = exits.next()
    check((end.program, end.kind) == (f"stack/{program}", kind) and re.fullmatch(message, end.reason), end)
    check(loaded.exits(program) == {**no_exits(), f"{kind}s": 1}, program, loaded.exits(program))


def many(loaded, program, kind, count):
    start = time.monotonic()
    call(SYS_GETPRIORITY, count)
    seconds = time.monotonic() - start
    check(loaded.exits(program) == {**no_exits(), f"{kind}s": count + 1}, program, loaded.exits(program))
    row(f"overflows: {program}", count, each=f"{seconds / count * 1e6:.0f} us")


with Loaded(extension("stack"), f"deep_enough@{HOOK}") as fine:
    call(SYS_GETPRIORITY, 10)
    check(fine.exits("deep_enough") == no_exits(), fine.exits("deep_enough"))
for overflow in OVERFLOWS:
    with Loaded(extension("stack"), f"{overflow[0]}@{HOOK}") as attached:
        once(attached, *overflow)
        many(attached, *overflow[:2], times(100_000))
check_all_cpus_run_programs()
