#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Attaching to what is not there fails with a message, and so does overriding a function that must not be."""
import subprocess

from lib.rex import REXLOAD, check, extension, sample

CASES = (
    (extension("count"), "count_call@no_such_function", "cannot attach count_call: No such file or directory"),
    (extension("count"), "count_call@/bin/sh:no_such_function", "cannot attach count_call: No such file or directory"),
    (extension("count"), "no_such_program", "program 'no_such_program': not in the object: it has 'count_dup', "),
    # Only functions of the kernel's error injection list can be overridden.
    (sample("error_injector"), "err_injector@do_unlinkat", "cannot attach err_injector: Invalid argument"),
)

for path, program, says in CASES:
    done = subprocess.run([REXLOAD, path, program], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, check=False)
    check(done.returncode == 1 and says in done.stderr, f"{program}: expected '{says}':", done.stderr)
