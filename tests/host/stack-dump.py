#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
The kernel's own stack dumps have a section <REX> for the stack of a program, with
names, and go on below. In a machine of its own: elsewhere a dump means a fault.
"""
import os
import re
import subprocess
import sys

sys.path.insert(0, "..")
from lib.machine import run_inside
from lib.rex import KernelLog, Loaded, check, extension, wait_until, write

FUNCTION = "__x64_sys_getpriority"
SYS_GETPRIORITY = "140"


# The program's stack, then what it interrupted. A dump finds the program in a helper, or
# in its own code: there the function that runs is not in the trace but the one it is in, and
# at its first and last instructions, and its thunks', the trace lacks the caller.
WHOLE = re.compile(r"""^ <REX>
(?:.*\n)*? count::wait_for_user_space\+0x[0-9a-f]+/0x[0-9a-f]+
 stay\.entry\+0x[0-9a-f]+/0x[0-9a-f]+
 rex_enter\+0x[0-9a-f]+/0x[0-9a-f]+
 </REX>
 <TASK>
(?:.*\n)*? do_syscall_64\+0x(?:.*\n)*? </TASK>$""", re.M)
ATTEMPTS = 50


def dump_while_it_runs(stage):
    """Has the program run on one CPU and asks, from the other, for the stacks of all."""
    stage.set(0, 0)
    caller = subprocess.Popen(["taskset", "-c", "1", "python3", "-c",
                               f"import ctypes; ctypes.CDLL(None).syscall({SYS_GETPRIORITY}, 0, 0)"])
    wait_until(lambda: stage.get(0) == 1, "the program runs")
    # Returns when all have answered.
    write("/proc/sysrq-trigger", "l")
    stage.set(0, 2)
    check(caller.wait() == 0, "the system call did not return")


def in_the_machine():
    os.sched_setaffinity(0, {0})
    write("/proc/sys/kernel/rex/budget_ms", "1000")
    with Loaded(extension("count"), f"stay@{FUNCTION}") as loaded, KernelLog() as log:
        stage = loaded.map("stage")
        for _ in range(ATTEMPTS):
            dump_while_it_runs(stage)
            if WHOLE.search(log.text()):
                break
        check(WHOLE.search(log.text()), "no stack dump with the program's stack on top of a task's:", log.text())
        check("stack recursion" not in log.text(), log.text())


run_inside(in_the_machine, "--log-level", "2")
