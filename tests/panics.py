#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
A program that panics: the message, its place in the source and the backtrace are
in the kernel log, the system call returns as usual, and the next trigger runs the
program again.
"""
import os
import re

from lib.rex import TOP, KernelLog, Loaded, check, dup, extension, read

FD = 99  # the extension panics for this descriptor only
RUNS = 2

# Program, its message, the line in the source that panics, functions in the backtrace.
PANICS = (
    ("index_out_of_range", "index out of bounds: the len is 3 but the index is 99", "    table[index]",
     ("panic::element", "index_out_of_range")),
    ("unwrap_of_none", "called `Option::unwrap()` on a `None` value", "black_box(None::<i32>).unwrap()", ("unwrap_of_none",)),
    ("explicit_panic", "descriptor 99 is not welcome", 'panic!("descriptor {} is not welcome"', ("explicit_panic",)),
    ("divide_by_zero", "attempt to divide by zero", "1 / black_box(0)", ("divide_by_zero",)),
    ("long_message", "0" * 500, 'panic!("{:0>2000}"', ("long_message",)),
    # No place: formatting the message is what panicked, or the stack ended somewhere.
    ("panic_in_display", "panicked while the message of a panic was formatted", None,
     ("<panic::Bad as core::fmt::Display>::fmt", "panic_in_display")),
    ("endless_recursion", "stack overflow", None, ("panic::deeper", "panic::deeper")),
)


def line_of(text):
    """Number of the only line of the extension's source that contains a text."""
    lines = read(f"{TOP}/tests/ext/panic/src/main.rs").splitlines()
    numbers = [number for number, line in enumerate(lines, 1) if text in line]
    check(len(numbers) == 1, f"'{text}' is in lines {numbers}")
    return numbers[0]


def report(program, message, place, functions):
    """The regular expression of a panic's lines in the kernel log."""
    where = rf" at src/main\.rs:{line_of(place)}:\d+" if place else ""
    trace = "".join(rf"(?:rex:   .*\n)*?rex:   (?:[^\n]*)?{re.escape(function)}[^\n]*\+0x[0-9a-f]+/0x[0-9a-f]+.*\n"
                    for function in functions)
    return rf"rex: program 'panic/{program}' panicked{where}: {re.escape(message)}.*\nrex: backtrace:\n{trace}"


os.dup2(0, FD)
for program, message, place, functions in PANICS:
    with Loaded(extension("panic"), program) as loaded:
        check(loaded.panics(program) == 0, f"{program}: panicked before it was triggered")
        for run in range(1, RUNS + 1):
            with KernelLog() as log:
                dup(FD)
                log.wait_for(report(program, message, place, functions))
            check(loaded.map("starts").get(0) == run, f"{program}: started {loaded.map('starts').get(0)} times, not {run}")
            check(loaded.panics(program) == run, f"{program}: {loaded.panics(program)} panics counted, not {run}")
