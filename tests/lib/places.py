# SPDX-License-Identifier: GPL-2.0
"""Where programs run: a hook in each context of the kernel, and what makes the kernel come by."""
import ctypes
import ctypes.util
import re
import signal
import socket
from typing import Callable, NamedTuple

from lib.exits import on_cpu, setting
from lib.rex import check, read, write

SYS_GETPRIORITY = 140  # a system call that no other process makes here
FUNCTION = "__x64_sys_getpriority"
USER_FUNCTION = "a64l"  # of the C library; nobody calls it
PROBES = "/sys/kernel/debug/kprobes/list"
OPTIMIZE = "/proc/sys/debug/kprobes-optimization"

_libc = ctypes.CDLL(None)


def system_call():
    _libc.syscall(SYS_GETPRIORITY, 0, 0)


def user_function():
    getattr(_libc, USER_FUNCTION)(b"zz")


def user_hook():
    """The function of user_function(), as rexload takes it."""
    library = re.search(r"(/\S*/libc\.so\.6)$", read("/proc/self/maps"), re.M)[1]
    return f"@{library}:{USER_FUNCTION}"


def packet():
    """A packet to nobody: it is received in a softirq on the CPU that sent it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"x", ("127.0.0.1", 9))


def alarm():
    """A timer expires, in a hardirq."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
    signal.setitimer(signal.ITIMER_REAL, 0.001)
    signal.sigwait({signal.SIGALRM})


def nmi():
    """The other CPUs get an NMI."""
    with on_cpu(0):
        write("/proc/sysrq-trigger", "l")


class Place(NamedTuple):
    """A hook: of the program itself where it is empty."""

    name: str
    hook: str
    trigger: Callable
    interrupts: bool = True  # whether they are on


TASK = Place("task", f"@{FUNCTION}", system_call)
USER = Place("task, from user space", user_hook(), user_function)
SOFTIRQ = Place("softirq", "@udp_rcv", packet)
HARDIRQ = Place("hardirq", "@it_real_fn", alarm, interrupts=False)
# Behind the place for the function tracer: there a probe is a breakpoint.
BREAKPOINT = Place("breakpoint", f"@{FUNCTION}+9", system_call, interrupts=False)
TASK_TRACEPOINT = Place("task, tracepoint", "", system_call)
SOFTIRQ_TRACEPOINT = Place("softirq, tracepoint", "", packet)
HARDIRQ_TRACEPOINT = Place("hardirq, tracepoint", "", alarm, interrupts=False)
SAMPLE = Place("hardirq, perf event", "@cpu-clock", alarm, interrupts=False)
NMI = Place("NMI", "", nmi, interrupts=False)


def plain_kprobes():
    """While this is entered, kprobes are not turned into jumps."""
    return setting(OPTIMIZE, 0)


def check_breakpoint():
    """The kprobe of BREAKPOINT is one."""
    probe = next(line for line in read(PROBES).splitlines() if FUNCTION in line)
    check("[" not in probe, f"the probe is no breakpoint: {probe}")
