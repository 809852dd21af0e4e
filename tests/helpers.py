#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
Each helper returns what the system says elsewhere, contexts show the system call
that was made, and maps of each kind do what their names say.
"""
import errno
import os
import re
import time

from lib.exits import BUDGET_MS, setting
from lib.rex import Loaded, check, clear_trace, dup, extension, trace

FD = 99  # the extension answers for this descriptor only
NR_DUP = 32
NAME = "helped-by-rex-1"  # 15 letters, the most that a task's name has
LINE = 511  # bytes of a line in the trace
NS = 10 ** 9


def error(number):
    return -number % 2 ** 64


def word(text):
    return int.from_bytes(text.encode()[:8], "big")


def between(low, high):
    return range(low, high + 1)


def cpu_time():
    """What this process has run, in ns. The kernel splits it in user and system time anew for each reader."""
    return int((os.times().user + os.times().system) * NS)


with open("/proc/self/comm", "w", encoding="ascii") as file:
    file.write(NAME)
os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
os.dup2(0, FD)
clear_trace()
while os.times().user < 0.05:  # so that the tick has seen this process
    pass

# A machine that is busy with other things must not end the programs half-way.
with setting(BUDGET_MS, 1000), Loaded(extension("helpers"), "at_dup", "at_any", "at_function") as loaded:
    answers = loaded.map("answers")
    before, before_boot = time.monotonic_ns(), time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    dup(FD)
    after, after_boot = time.monotonic_ns(), time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    first_jiffies, first_random = answers.get(5), answers.get(6)
    tick = NS // 100  # of the slowest kernel

    expected = {
        0: ("smp_processor_id", [*os.sched_getaffinity(0)]),
        1: ("numa_node_id", [0]),
        2: ("ktime_get_ns", between(before, after)),
        3: ("ktime_get_boot_ns", between(before_boot, after_boot)),
        4: ("ktime_get_coarse_ns", between(before - tick, after)),
        7: ("current_pid_tgid", [os.getpid() << 32 | os.getpid()]),
        8: ("current_uid_gid", [os.getgid() << 32 | os.getuid()]),
        9: ("current_comm", [word(NAME)]),
        10: ("probe_read_kernel", [0x0123456789ABCDEF]),
        11: ("probe_read_kernel of user space", [error(errno.ERANGE)]),
        12: ("probe_read_kernel of what is not mapped", [error(errno.EFAULT)]),
        13: ("what such a read leaves", [0]),
        16: ("task's pid", [os.getpid()]),
        17: ("task's tgid", [os.getpid()]),
        18: ("task's utime", between(1, cpu_time() + 10 * tick)),
        19: ("task's comm", [word(NAME)]),
        20: ("task's orig_rax", [NR_DUP]),
        21: ("task's rdi", [FD]),
        22: ("task's privilege level", [3]),
        24: ("update of a key that is not there", [error(errno.ENOENT)]),
        25: ("insert_new", [0]),
        26: ("insert_new of a key that is there", [error(errno.EEXIST)]),
        27: ("insert", [0]),
        28: ("insert into a full map", [error(errno.E2BIG)]),
        29: ("get_mut", [11]),
        30: ("get", [11]),
        31: ("delete", [0]),
        32: ("delete of a key that is not there", [error(errno.ENOENT)]),
        33: ("delete of the other", [0]),
        40: ("push on a full stack", [error(errno.E2BIG)]),
        41: ("push on a full queue", [error(errno.E2BIG)]),
        42: ("force_push on a full stack", [0]),
        43: ("force_push on a full queue", [0]),
        44: ("peek at a stack", [3]),
        45: ("peek at a queue", [2]),
        46: ("a stack's order", [32]),
        47: ("a queue's order", [23]),
        48: ("pop when empty", [1]),
        49: ("insert per CPU", [0]),
        50: ("get per CPU", [7]),
        60: ("argument in raw_syscalls", [FD]),
        61: ("argument behind a kprobe's registers", [FD]),
        62: ("rip is 0", [0]),
        63: ("rsp is 0", [0]),
        64: ("snprintf says what it needs", [len("7 and more") + 1]),
        65: ("snprintf into less", [word("7 and m\0")]),
        66: ("probe_read_kernel_str of more than fits", [8]),
        67: ("what fits of it", [word("a text \0")]),
        68: ("output into a ring buffer", [0]),
        69: ("output into one without room", [error(errno.EAGAIN)]),
        70: ("reserve in one without room", [1]),
        71: ("reserve more than it has", [1]),
    }
    for index, (what, right) in expected.items():
        got = answers.get(index)
        check(got in right, f"{what}: {got} ({got:#x}), expected {right}")

    time.sleep(3 * tick / NS)
    dup(FD)
    check(first_jiffies < answers.get(5) < first_jiffies + 2 ** 32, f"jiffies64: {first_jiffies}, then {answers.get(5)}")
    check(first_random != answers.get(6), f"get_prandom_u32: twice {first_random:#x}")

lines = re.findall(r"bpf_trace_printk: (on and on .*)", trace())
check(len(lines) == 2, f"{len(lines)} lines in the trace", trace())
for line in lines:
    check(len(line) == LINE and line.endswith("..."), f"{len(line)} bytes: {line}")
