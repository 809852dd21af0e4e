# SPDX-License-Identifier: GPL-2.0
"""The programs of ext/runaway: where each is attached, what makes it run, and when it has to have ended."""
import contextlib
from typing import NamedTuple

from lib.exits import BUDGET_MS, setting
from lib.places import (BREAKPOINT, FUNCTION, HARDIRQ, NMI, SOFTIRQ, SOFTIRQ_TRACEPOINT, TASK, Place, check_breakpoint, plain_kprobes,
                        system_call)
from lib.rex import Loaded, extension

TIMEOUT = "ran longer than its budget"
IN_MESSAGE = "formatting the message of a panic took longer than the budget"

OTHER_BUDGET = 500

LOCKED = Place("task, lock held", f"@{FUNCTION}", system_call, interrupts=False)


class Case(NamedTuple):
    program: str
    place: Place
    budget_ms: int = 10
    kind: str = "timeout"
    reason: str = TIMEOUT
    limit_ms: float = None
    own: bool = False  # its budget was asked for when it was loaded; the sysctl says another

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
    *(Case(program, place, 30, own=True) for program, place in (
        ("in_own_code", TASK), ("in_own_code_locked", LOCKED), ("nmi_own_code", NMI))),
)


@contextlib.contextmanager
def running(case):
    """The program, attached, with its budget; it runs away when the map `armed` says so."""
    with setting(BUDGET_MS, OTHER_BUDGET if case.own else case.budget_ms), plain_kprobes(), \
            Loaded(extension("runaway"), case.program + case.place.hook, budget_ms=case.budget_ms if case.own else None) as loaded:
        if case.place is BREAKPOINT:
            check_breakpoint()
        yield loaded


def run(case, exits):
    """Let a program run away once.

    (milliseconds until it was ended, its event rex:rex_exit, its counters, how often it came to its end)"""
    with running(case) as loaded:
        loaded.map("armed").set(0, 1)
        case.place.trigger()
        end = exits.next()
        took = (end.ns - loaded.map("started").get(0)) / 1e6
        return took, end, loaded.exits(case.program), loaded.map("ended").get(0)
