#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What `make run SAMPLE=map_test_2` starts in the virtual machine.
cd "$(dirname "$0")" && exec ../common/load-and-trigger 'ring buffer: PID'
