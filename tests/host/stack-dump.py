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

sys.path.insert(0, "../lib")
from rex import TOP, KernelLog, Loaded, check, extension, wait_until, write

FUNCTION = "__x64_sys_getpriority"
SYS_GETPRIORITY = "140"


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
        # On a slow machine the program can be out of its budget before it is asked for.
        for _ in range(20):
            dump_while_it_runs(stage)
            if "</REX>" in log.text():
                break
        print(log.text())


def main():
    done = subprocess.run([f"{TOP}/tests/vm/run", "--", os.path.abspath(__file__), "in-the-machine"], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, text=True, check=False)
    check(done.returncode == 0, f"exit code {done.returncode}", done.stdout)
    found = re.search(r"<REX>\n((?:.*\n)*?) *</REX>\n((?:.*\n)*?) *</TASK>", done.stdout)
    check(found, "no stack with <REX> and </REX> on top of a task's:", done.stdout)
    program, task = found[1], found[2]
    check(re.search(r"^ count::wait_for_user_space\+0x[0-9a-f]+/0x[0-9a-f]+$", program, re.M), "the extension's function is missing:", program)
    check(re.search(r"^ do_syscall_64\+0x", task, re.M), "what ran before the program is missing:", task)
    check("stack recursion" not in done.stdout, done.stdout)


if sys.argv[1:] == ["in-the-machine"]:
    in_the_machine()
else:
    main()
