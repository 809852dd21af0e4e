#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What `make run SAMPLE=trace_event` starts in the virtual machine.
cd "$(dirname "$0")" || exit
echo "# ./trace_event_user -n 3"
exec ./trace_event_user -n 3
