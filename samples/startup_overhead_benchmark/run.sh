#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What `make run SAMPLE=startup_overhead_benchmark` starts in the virtual machine.
cd "$(dirname "$0")" && exec ./loader
