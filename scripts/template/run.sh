#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What `make run` starts in the virtual machine.
cd "$(dirname "$0")" && TRIGGER=./@TRIGGER@ exec @TOP@/samples/common/load-and-trigger '@NAME@: '
