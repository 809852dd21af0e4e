#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""gdb stops in a function of a loaded extension, and shows its source line and who called it."""
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, "../lib")
from rex import TOP, Loaded, check, dup, extension, read, skip

FD = 99  # the extension's program prints for this descriptor only
SECONDS = 120

# As a user of `make gdb` would, but the first stop is by itself: when the object has just been loaded.
COMMANDS = (
    "set pagination off",
    f"source {TOP}/scripts/gdb/rex_symbols.py",
    "target remote 127.0.0.1:1234",
    # Temporary: gdb can stop at the same one again when it goes on from there.
    "tbreak rex_ksym_add",
    "continue",
    "rex-symbols",
    "break count::say",
    "continue",
    "backtrace",
    # The stop is in what is inlined first into the function.
    "up",
    "monitor quit",
)


def in_the_machine():
    os.dup2(0, FD)
    with Loaded(extension("count"), "print"):
        dup(FD)


def main():
    if not shutil.which("gdb"):
        skip("gdb is not installed")
    machine = subprocess.Popen([f"{TOP}/tests/vm/run", "--gdb", "--time-limit", str(SECONDS), "--",
                                os.path.abspath(__file__), "in-the-machine"],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    command = ["gdb", "-nx", "-q", "-batch", f"{TOP}/build/{os.environ.get('REX_KERNEL', 'kernel')}/vmlinux"]
    for line in COMMANDS:
        command += ["-ex", line]
    # gdb tries again until the machine listens.
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=SECONDS, check=False)
    shown = f"gdb:\n{done.stdout}\nmachine:\n{machine.communicate()[0]}"

    source = read(f"{TOP}/tests/ext/count/src/main.rs").splitlines()
    check(re.search(r"^count at 0x[0-9a-f]+: tests/ext/count/target/", done.stdout, re.M), "rex-symbols does not find the object:", shown)
    check("hit Breakpoint 2" in done.stdout, "gdb does not stop in the extension:", shown)
    frame = re.search(r"^#\d+ .*\bcount::say .* at src/main\.rs:(\d+)$", done.stdout, re.M)
    check(frame, "the function is not in the backtrace:", shown)
    line = source[int(frame[1]) - 1]
    check("rex_printk!" in line and f"\n{frame[1]}\t{line}\n" in done.stdout, f"its line '{line}' is not shown:", shown)
    check(re.search(r"^#\d+ .*\brex_enter \(", done.stdout, re.M), "the backtrace does not reach the kernel:", shown)


if sys.argv[1:] == ["in-the-machine"]:
    in_the_machine()
else:
    main()
