#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What `make run SAMPLE=mp4` starts in the virtual machine.
cd "$(dirname "$0")" || exit
echo "# ./loader 1 $$"
exec ./loader 1 $$
