# SPDX-License-Identifier: GPL-2.0
"""The kernel log: what was written since, and which of it means that the kernel is broken."""
import os
import re

SPLATS = re.compile("|".join((
    r"WARNING: ", r"\bBUG: ", r"kernel BUG at ", r"\bOops\b", r"Kernel panic", r"general protection fault(?:, |: )",
    r"invalid opcode: ", r"double fault", r"stack guard page was hit",
    r"Bad page state", r"bad: scheduling from the idle", r"scheduling while atomic", r"sleeping function called",
    r"soft lockup", r"hard LOCKUP", r"blocked for more than", r"rcu: INFO: ", r"rcu_\w+ (?:self-)?detected",
    r"workqueue lockup", r"suspicious RCU usage", r"possible (?:recursive|circular) locking", r"possible irq lock inversion",
    r"inconsistent lock state", r"bad unlock balance", r"lock held when returning", r"Invalid wait context",
    r"KASAN: ", r"UBSAN: ", r"ODEBUG: (?!selftest)", r"list_(?:add|del) corruption", r"refcount_t: ", r"kmemleak: \d+ new suspected",
    r"unregister_netdevice: waiting", r"NMI received for unknown reason", r"Unpatched return thunk", r"Missing ENDBR", r"bpf_prog_pack bug",
)))

# A record of /dev/kmsg: "priority,sequence,microseconds,flags;text".
RECORD = re.compile(r"^\d+,(\d+),(\d+),[^;]*;(.*)$", re.S)


class KernelLog:
    """Reads each record once."""

    def __init__(self):
        self._file = os.open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK)

    def new_lines(self):
        lines = []
        while True:
            try:
                record = os.read(self._file, 8192).decode(errors="replace")
            except BlockingIOError:
                return lines
            except BrokenPipeError:
                lines.append("WARNING: the kernel log was overwritten before the test runner read it")
                continue
            matched = RECORD.match(record.split("\n")[0])
            if matched:
                lines.append(f"[{int(matched[2]) / 1e6:12.6f}] {matched[3]}")


KUNIT_SUITE = re.compile(r"^\[[ .\d]+\]     # Subtest: (\S+)")
KUNIT_TEST = re.compile(r"^\[[ .\d]+\]     (not )?ok \d+ (\S+)(.*# SKIP)?")


def kunit_results(lines):
    """[(verdict, "kunit/suite/test", its lines)] of the tests that the kernel ran on itself at boot."""
    found, suite, own = [], None, []
    for line in lines:
        if matched := KUNIT_SUITE.match(line):
            suite, own = matched[1], []
        elif suite and (matched := KUNIT_TEST.match(line)):
            found.append(("fail" if matched[1] else "skip" if matched[3] else "ok", f"kunit/{suite}/{matched[2]}", own))
            own = []
        else:
            own.append(line)
    return found


def splats(lines):
    return [line for line in lines if SPLATS.search(line)]
