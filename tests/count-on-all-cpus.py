#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Programs that run on all CPUs at once run exactly as often as they are triggered."""
import ctypes
import os

from lib.rex import Loaded, check, dup, extension

TIMES = 5000
FD = 99  # count_dup counts this descriptor only
SYS_GETPRIORITY = 140  # a system call that no other process makes here

libc = ctypes.CDLL(None, use_errno=True)


def trigger_on(cpu):
    """Makes the calls on a CPU, in a child process; its PID."""
    pid = os.fork()
    if pid:
        return pid
    try:
        os.sched_setaffinity(0, {cpu})
        for _ in range(TIMES):
            dup(FD)
            libc.syscall(SYS_GETPRIORITY, 0, 0)
        os._exit(0)
    finally:
        os._exit(1)


os.dup2(0, FD)
cpus = sorted(os.sched_getaffinity(0))
with Loaded(extension("count"), "count_dup", "count_call@__x64_sys_getpriority") as loaded:
    for child in [trigger_on(cpu) for cpu in cpus]:
        _, status = os.waitpid(child, 0)
        check(status == 0, f"a child ended with status {status}")
    for name in ("dups", "calls"):
        counted = {cpu: loaded.map(name).get(cpu) for cpu in cpus}
        check(counted == {cpu: TIMES for cpu in cpus}, f"{name} by CPU: {counted}, expected {TIMES} each")
    for program in ("count_dup", "count_call"):
        check(loaded.fdinfo(program)["recursion_misses"] == "0", f"{program}: {loaded.fdinfo(program)}")
