# SPDX-License-Identifier: GPL-2.0
"""Builds and runs the cases, for a stand-in of a kernel."""
import contextlib
import fnmatch
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
RUST = os.path.dirname(HERE)
sys.path.insert(0, os.path.join(RUST, "link"))

import config  # noqa: E402
from elf import Elf  # noqa: E402

TOOLS = config.toolchain()
LAYOUT = (16, 4, 20, 4)
RELEASE = "6.12.99-rex-test"
OPT_LEVELS = ("0", "1", "2", "3", "s", "z")

tests = []


def test(function):
    tests.append(function)
    return function


class Failed(Exception):
    pass


def expect(condition, message):
    if not condition:
        raise Failed(message)


def compile_c(source, output):
    subprocess.run([TOOLS["CXX"], "-O2", "-x", "c", "-c", "-", "-o", output], input=source, text=True, check=True)


class Workshop:
    """Builds cases in a folder of its own."""

    def __init__(self, folder):
        self.folder = folder
        self.built = {}
        self.kernel = f"{folder}/kernel"
        os.makedirs(f"{self.kernel}/include/config")
        os.makedirs(f"{self.kernel}/kernel/rex")
        with open(f"{self.kernel}/include/config/kernel.release", "w") as file:
            file.write(RELEASE + "\n")
        words = ", ".join(map(str, LAYOUT))
        compile_c(f'const unsigned rex_layout[] __attribute__((section(".rodata.rex_layout"))) = {{ {words} }};',
              f"{self.kernel}/kernel/rex/layout.o")

        self.host = f"{folder}/host"
        subprocess.run([TOOLS["CXX"], "-x", "c", "-O2", "-Wall", "-Wextra", "-Werror", "-no-pie", "-fcf-protection=none",
                        "-fno-stack-protector", f"{HERE}/host.c", "-o", self.host], check=True)

    def run(self, elf, program, ctx, limit=config.PROGRAM_STACK):
        """(what it printed, how it ended, bytes of stack it used)"""
        *printed, ending, used = self._host(elf, program, str(ctx), str(limit))
        return "\n".join(printed), ending, int(used.removeprefix("used "))

    def count(self, elf, program, ctx):
        """How many instructions a program takes."""
        return int(self._host(elf, program, str(ctx), str(config.PROGRAM_STACK), "count")[-1].removeprefix("took "))

    def _host(self, elf, program, *arguments):
        done = subprocess.run([self.host, elf.path, program, *arguments], capture_output=True, text=True)
        expect(done.returncode == 0, f"{program} of {elf.path}: exit code {done.returncode}: {done.stderr}")
        return done.stdout.splitlines()

    def rustc(self, case, *arguments, opt="2", kernel=None):
        """(path of the object, what was printed, whether it linked)"""
        output = f"{self.folder}/{case}"
        with contextlib.suppress(FileNotFoundError):
            os.remove(output)
        done = subprocess.run(
            [f"{RUST}/rexc", "--edition=2024", "--target", "x86_64-unknown-none", "-Awarnings", f"-Copt-level={opt}",
             "-Cdebuginfo=2", *arguments, f"{HERE}/cases/{case}.rs", "-o", output],
            env={**os.environ, "REX_KERNEL_BUILD": kernel or self.kernel}, capture_output=True, text=True)
        return output, done.stderr, done.returncode == 0

    def build(self, case, *arguments, opt="2"):
        """The linked object, built once for all tests."""
        key = (case, *arguments, opt)
        if key not in self.built:
            output, printed, linked = self.rustc(case, *arguments, opt=opt)
            expect(linked, f"{case} does not build at {opt}:\n{printed}")
            expect("warning" not in printed, f"{case} builds with warnings at {opt}:\n{printed}")
            kept = f"{output}.{len(self.built)}"
            os.rename(output, kept)
            self.built[key] = Elf(kept)
        return self.built[key]

    def refused(self, case, *patterns, arguments=(), **options):
        """The case does not link, and what is printed has a line for each pattern, in order."""
        output, printed, linked = self.rustc(case, *arguments, **options)
        expect(not linked, f"{case} should not link")
        expect(not os.path.exists(output), f"{case} left an output behind")
        lines = iter(printed.splitlines())
        for pattern in patterns:
            expect(any(fnmatch.fnmatch(line, pattern) for line in lines),
                   f"{case}: no line '{pattern}' in:\n{printed}")
