# SPDX-License-Identifier: GPL-2.0
"""A process whose system calls are known, and what syscount shows of them."""
import re

from rex import Command, check

ROW = re.compile(r"^(\S+) +(\d+) +(\d+) +(-|[\d.]+) +(-|[\d.]+)$", re.M)
NAP, NAPS, NAP_MS = "clock_nanosleep", 3, 50

# A process that makes system calls in numbers that nothing else of it comes near to, once it is told to.
LOAD = f"""
import os, sys, time
print(os.getpid(), flush=True)
os.read(0, 1)
for _ in range(100):
    os.getppid()
for _ in range(40):
    try:
        os.stat("/no/such/file")
    except FileNotFoundError:
        pass
for _ in range(20):
    try:
        os.close(-1)
    except OSError:
        pass
for _ in range({NAPS}):
    time.sleep({NAP_MS / 1000})
"""


class Load:
    """LOAD, which waits to be told."""

    def __init__(self, stack, *prefix):
        self.command = stack.enter_context(Command(*prefix, "python3", "-c", LOAD))
        self.pid = int(self.command.wait_for(r"^(\d+)$")[1])

    def run(self):
        self.command.process.stdin.write(b"x")
        self.command.process.stdin.close()
        check(self.command.end() == 0, "the load fails", self.command.text())


def table(text):
    """{name: (count, errors, ms, us)} of the rows that it shows, in their order."""
    def number(word):
        return 0.0 if word == "-" else float(word)
    return {name: (int(count), int(errors), number(ms), number(us)) for name, count, errors, ms, us in ROW.findall(text)}


def what_the_load_does(shown):
    """Its certain calls; the interpreter's own are other ones, or more."""
    check(shown["getppid"][:2] == (100, 0), shown)
    check(shown[NAP][:2] == (NAPS, 0), shown)
    check(shown["newfstatat"][1] == 40 and shown["newfstatat"][0] >= 40, shown)
    check(shown["close"][1] == 20 and shown["close"][0] >= 20, shown)
    for count, _, ms, us in shown.values():
        check(abs(ms * 1000 - us * count) < 1 + us, "the average is not the time by the count", shown)
