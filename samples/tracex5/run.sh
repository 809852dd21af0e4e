#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What `make run SAMPLE=tracex5` starts in the virtual machine.
cd "$(dirname "$0")" || exit
echo "# ./tracex5"
exec ./tracex5
