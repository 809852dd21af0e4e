#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Counted in instructions: getting at a value costs no more than in eBPF, and the counts are the same each time."""
import os
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
NO_MORE_THAN_EBPF = ("static variable, add 1", "array, look up 0 and add 1", "per-CPU array, look up 0 and add 1",
                     "array, look up the key and add 1", "per-CPU array, look up and add 1")

run = subprocess.run([f"{TOP}/tests/vm/run", "--count-instructions", "--log-level", "2", "--", "sh", "-c",
                      "./loader -q -t && ./loader -q -t"], cwd=f"{TOP}/samples/map_bench", stdin=subprocess.DEVNULL,
                     stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
print(run.stdout)
_, *runs = run.stdout.split("# instructions\n")
if run.returncode or len(runs) != 2:
    sys.exit(f"expected two tables of instructions; exit code {run.returncode}")
first, second = ({line.split("\t")[0]: line.split("\t")[1:] for line in text.splitlines() if line.count("\t") == 4}
                 for text in runs)
if first != second:
    sys.exit("the two runs differ")
for row in NO_MORE_THAN_EBPF:
    rex, bpf = map(int, first[row][2:])
    if not 0 < rex <= bpf:
        sys.exit(f"{row}: {rex} instructions more than an empty program, in eBPF {bpf}")
