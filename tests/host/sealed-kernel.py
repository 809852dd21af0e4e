#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A kernel that takes no more modules takes no extensions. In a machine of its own, since there is no way back."""
import subprocess
import sys

sys.path.insert(0, "../lib")
from rex import REXLOAD, TOP, check, sample

# What the administrator does, and what loading then says. Each holds for those that follow.
STEPS = (
    ("echo integrity >/sys/kernel/security/lockdown", "the kernel is locked down"),
    ("echo 1 >/proc/sys/kernel/modules_disabled", "kernel.modules_disabled is set"),
)

load = f"{REXLOAD} {sample('map_test')} </dev/null"
script = f"{load} && echo loaded; " + "; ".join(f"{step}; {load} && echo loaded" for step, _ in STEPS) + "; true"
done = subprocess.run([f"{TOP}/tests/vm/run", "--", "sh", "-c", script], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                      check=False)
check(done.returncode == 0, f"exit code {done.returncode}", done.stdout)
lines = done.stdout.splitlines()
check(lines.count("loaded") == 1, "it should load before the kernel is sealed, and only then:", done.stdout)
for step, says in STEPS:
    check(sum(line.startswith("rex: object 'map_test': ") and says in line for line in lines) == 1, f"after {step}:", done.stdout)
