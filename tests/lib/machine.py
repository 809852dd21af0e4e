# SPDX-License-Identifier: GPL-2.0
"""Tests on the host that boot a machine of their own, in which the same script runs again."""
import contextlib
import os
import subprocess
import sys

from lib.rex import TOP, check

INSIDE = "in-the-machine"


def run_inside(function, *options, beside=contextlib.nullcontext):
    """Run a function in a machine, with options of tests/vm/run; what was printed there, if it succeeded.

    BESIDE makes a context that the host is in meanwhile."""
    if sys.argv[1:] == [INSIDE]:
        function()
        sys.exit()
    with beside():
        done = subprocess.run([f"{TOP}/tests/vm/run", *options, "--", os.path.abspath(sys.argv[0]), INSIDE], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    print(done.stdout)
    check(done.returncode == 0, f"exit code {done.returncode}")
    return done.stdout
