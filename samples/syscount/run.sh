#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What `make run SAMPLE=syscount` starts in the virtual machine.
cd "$(dirname "$0")" || exit
echo "# ./syscount -i 1 -n 1"
exec ./syscount -i 1 -n 1
