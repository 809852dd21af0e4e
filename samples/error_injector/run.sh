#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What `make run SAMPLE=error_injector` starts in the virtual machine.
cd "$(dirname "$0")" || exit
echo "# ./loader dup 22"
./loader dup 22
echo "# ./userapp"
./userapp
