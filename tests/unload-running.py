#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
An object is unloaded while its programs run, and are being killed, on all CPUs: by the
end of its loader or by killing that. What it had is freed afterwards.
"""
import os
import signal
import subprocess

from lib.exits import BUDGET_MS, CALL, check_all_cpus_run_programs, no_exits, row, setting, times
from lib.rex import Loaded, check, extension, read, wait_until

HOOK = "__x64_sys_getpriority"
SYS_GETPRIORITY = 140
UNLOADS = times(500)
BUDGET = 1
FOR_EVER = 1_000_000_000
LONG = 1_000_000_000  # rounds that nobody waits for


def images():
    """Objects in the kernel's memory."""
    return read("/proc/vmallocinfo").count(" rex_image")


def wait_until_killed_everywhere(loaded):
    before = loaded.exits("work")["timeouts"]
    wait_until(lambda: loaded.exits("work")["timeouts"] > before + len(callers), "the program is killed on all CPUs")


# A program that stays: the place of the probe is patched once, and not under way.
stays = Loaded(extension("count"), f"count_call@{HOOK}")
before = images()
callers = [subprocess.Popen(["taskset", "-c", str(cpu), CALL, str(SYS_GETPRIORITY), str(FOR_EVER)])
           for cpu in sorted(os.sched_getaffinity(0))]
try:
    with setting(BUDGET_MS, BUDGET):
        for number in range(UNLOADS):
            loaded = Loaded(extension("work"), f"work@{HOOK}", f"short@{HOOK}")
            loaded.map("rounds").set(0, LONG)
            wait_until_killed_everywhere(loaded)
            if number % 2:
                loaded.process.send_signal(signal.SIGKILL)
                loaded.process.wait()
            else:
                loaded.close()
            check(all(caller.poll() is None for caller in callers), "a caller ended")
finally:
    for caller in callers:
        caller.kill()
        caller.wait()
wait_until(lambda: images() == before, "the objects are freed")
check(stays.exits("count_call") == no_exits(), stays.exits("count_call"))
stays.close()
row("unloads of programs that are being killed", UNLOADS)
check_all_cpus_run_programs()
