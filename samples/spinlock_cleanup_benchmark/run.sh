#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What `make run SAMPLE=spinlock_cleanup_benchmark` starts in the virtual machine.
cd "$(dirname "$0")" || exit
ip link add bench0 type veth peer name bench1
echo "# ./loader bench0"
./loader bench0
