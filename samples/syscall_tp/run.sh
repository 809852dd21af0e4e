#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What `make run SAMPLE=syscall_tp` starts in the virtual machine.
cd "$(dirname "$0")" || exit
echo "# ./syscall_tp -i 2"
exec ./syscall_tp -i 2
