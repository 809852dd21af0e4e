#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What `make run SAMPLE=spinlock_test` starts in the virtual machine.
cd "$(dirname "$0")" || exit
../common/load-and-trigger 'turn 1.' 'turn 2.'
dmesg | grep "program 'spinlock_test/"
