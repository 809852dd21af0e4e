#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Each row of the benchmark of network programs has a number for Rex and one for eBPF: both give the verdict that it says."""
import os
import sys

sys.path.insert(0, "lib")
from bench import quick_rows
from rex import check

os.chdir("bench-net")
rows, text = quick_rows()
for title in ("XDP pass", "XDP drop", "XDP tx, addresses swapped", "parse to UDP, look the port up", "scan 1 KiB for a SET",
              "redirect to an interface", "redirect by a map", "tc pass"):
    check(rows.get(title) == (True, True), title, text)
