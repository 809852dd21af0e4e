# SPDX-License-Identifier: GPL-2.0
"""How programs ended that did not return: counters, trace events, and that all goes on after it."""
import contextlib
import os
import re
import subprocess
import sys
from typing import NamedTuple

from lib.rex import TOP, TRACING, Loaded, check, clear_trace, dup, extension, read, trace, wait_until, write

CALL = f"{TOP}/build/tests/call"
FD = 99  # `count_dup` counts this descriptor only
EVENT = f"{TRACING}/events/rex/rex_exit/enable"
BUDGET_MS = "/proc/sys/kernel/rex/budget_ms"
CLOCK = f"{TRACING}/trace_clock"
SOAK = bool(os.environ.get("REX_SOAK"))
DEBUG_KERNEL = os.uname().release.endswith("-debug")  # ten times as slow


def times(full):
    """How often a test does what `make soak` does this many times."""
    return full if SOAK else full // 100


def row(what, count, **measured):
    """A row of the table that `make soak` prints."""
    print("|", what, "|", f"{count:,}", "|", ", ".join(f"{name} {value}" for name, value in measured.items()), "|")


def no_exits():
    """The counters of a program that always returned, as Loaded.exits() gives them."""
    return {"panics": 0, "faults": 0, "timeouts": 0, "leaks": 0}


class Exit(NamedTuple):
    """One event rex:rex_exit."""

    cpu: int
    ns: int  # CLOCK_MONOTONIC
    program: str
    kind: str
    reason: str


class Exits:
    """The events rex:rex_exit while this is entered."""

    PATTERN = re.compile(r"^.*? \[(\d+)\] +\S+ +(\d+)\.(\d{6}): rex_exit: id=\d+ prog=(\S+) kind=(\w+) reason=(.*)$", re.M)

    def __enter__(self):
        self._clock = re.search(r"\[(\w+)\]", read(CLOCK))[1]
        write(CLOCK, "mono")
        clear_trace()
        write(EVENT, "1")
        return self

    def __exit__(self, *_):
        write(EVENT, "0")
        write(CLOCK, self._clock)
        clear_trace()

    def all(self):
        return [Exit(int(cpu), int(seconds) * 10**9 + int(micros) * 1000, program, kind, reason)
                for cpu, seconds, micros, program, kind, reason in self.PATTERN.findall(trace())]

    def next(self):
        """The only event since the last call; waits for it."""
        found = wait_until(self.all, "an event rex:rex_exit")
        check(len(found) == 1, "expected one event rex:rex_exit, saw", *found)
        clear_trace()
        return found[0]


def call(number, count, *arguments):
    """Make a system call many times, faster than Python does."""
    subprocess.run([CALL, str(number), str(count), *map(str, arguments)], stdin=subprocess.DEVNULL, check=True)


@contextlib.contextmanager
def on_cpu(cpu):
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {cpu})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextlib.contextmanager
def setting(path, value):
    """A value in /proc or /sys for a while."""
    before = read(path).strip()
    write(path, str(value))
    try:
        yield
    finally:
        write(path, before)


def in_children(*functions):
    """Run functions at the same time, each in a process of its own; check that none failed."""
    children = []
    for function in functions:
        pid = os.fork()
        if not pid:
            status = 1
            try:
                function()
                status = 0
            except BaseException as error:  # pylint: disable=broad-except
                print(f"{function}: {error!r}", file=sys.stderr, flush=True)
            finally:
                os._exit(status)
        children.append(pid)
    statuses = [os.waitpid(pid, 0)[1] for pid in children]
    check(not any(statuses), f"children ended with {statuses}")


def check_all_cpus_run_programs():
    """What must hold after anything that a program did."""
    os.dup2(0, FD)
    with Loaded(extension("count"), "count_dup") as loaded:
        for cpu in sorted(os.sched_getaffinity(0)):
            with on_cpu(cpu):
                dup(FD)
            check(loaded.map("dups").get(cpu) == 1, f"a program on CPU {cpu} did not run once: {loaded.map('dups').get(cpu)}")
        check(loaded.exits("count_dup") == no_exits(), loaded.exits("count_dup"))
