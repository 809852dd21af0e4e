# SPDX-License-Identifier: GPL-2.0
"""The programs of ext/runaway: where each is attached, what makes it run, and when it has to have ended."""
import ctypes
import signal
import socket
from typing import Callable, NamedTuple

from lib.exits import BUDGET_MS, on_cpu, setting
from lib.rex import Loaded, check, extension, read, write

SYS_GETPRIORITY = 140  # a system call that no other process makes here
FUNCTION = "__x64_sys_getpriority"
PROBES = "/sys/kernel/debug/kprobes/list"
OPTIMIZE = "/proc/sys/debug/kprobes-optimization"

TIMEOUT = "ran longer than its budget"
IN_MESSAGE = "formatting the message of a panic took longer than the budget"

_libc = ctypes.CDLL(None)


def system_call():
    _libc.syscall(SYS_GETPRIORITY, 0, 0)


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
    """Where a program runs."""

    name: str
    hook: str  # "" is the hook in the source
    trigger: Callable
    interrupts: bool = True


TASK = Place("task", f"@{FUNCTION}", system_call)
SOFTIRQ = Place("softirq", "@udp_rcv", packet)
SOFTIRQ_TRACEPOINT = Place("softirq", "", packet)
LOCKED = Place("task, lock held", f"@{FUNCTION}", system_call, interrupts=False)
HARDIRQ = Place("hardirq", "@it_real_fn", alarm, interrupts=False)
# Behind the place for the function tracer: there a probe is a breakpoint.
BREAKPOINT = Place("breakpoint", f"@{FUNCTION}+9", system_call, interrupts=False)
NMI = Place("NMI", "", nmi, interrupts=False)


class Case(NamedTuple):
    program: str
    place: Place
    budget_ms: int = 10
    kind: str = "timeout"
    reason: str = TIMEOUT
    limit_ms: float = None

    def limit(self):
        """When it has to have ended, in milliseconds."""
        if self.limit_ms:
            return self.limit_ms
        return self.budget_ms + 2 if self.place.interrupts else 2 * self.budget_ms + 10

    def __str__(self):
        return f"{self.program} ({self.place.name}, budget {self.budget_ms} ms)"


def message(place):
    return Case("in_message", place, kind="panic", reason=IN_MESSAGE)


CASES = (
    *(Case(program, TASK) for program in ("in_own_code", "in_helpers", "in_drop", "in_closure", "in_iterator", "in_recursion",
                                          "in_copy", "in_formatting", "in_division")),
    message(TASK),
    *(Case("in_own_code", TASK, budget) for budget in (1, 100)),
    # It ends at its return, whenever that is.
    Case("in_long_helper", TASK, 1, limit_ms=1000),
    *(Case(program, SOFTIRQ) for program in ("in_own_code", "in_helpers", "in_recursion")),
    message(SOFTIRQ),
    Case("softirq_own_code", SOFTIRQ_TRACEPOINT),
    *(Case(program, LOCKED) for program in ("in_own_code_locked", "in_helpers_locked")),
    *(Case(program, HARDIRQ) for program in ("in_own_code", "in_helpers", "in_recursion")),
    message(HARDIRQ),
    *(Case(program, BREAKPOINT) for program in ("in_own_code", "in_helpers", "in_copy")),
    message(BREAKPOINT),
    *(Case(program, NMI) for program in ("nmi_own_code", "nmi_helpers", "nmi_recursion", "nmi_formatting")),
)


def run(case, exits):
    """Let a program run away once.

    (milliseconds until it was ended, its event rex:rex_exit, its counters, how often it came to its end)"""
    with setting(BUDGET_MS, case.budget_ms), setting(OPTIMIZE, 0), \
            Loaded(extension("runaway"), case.program + case.place.hook) as loaded:
        if case.place is BREAKPOINT:
            probe = next(line for line in read(PROBES).splitlines() if FUNCTION in line)
            check("[" not in probe, f"{case}: the probe is no breakpoint: {probe}")
        loaded.map("armed").set(0, 1)
        case.place.trigger()
        end = exits.next()
        took = (end.ns - loaded.map("started").get(0)) / 1e6
        return took, end, loaded.exits(case.program), loaded.map("ended").get(0)
