# SPDX-License-Identifier: GPL-2.0
#
# Rules for a benchmark: a sample whose loader measures its programs and their
# twins in eBPF. Its Makefile only includes this file.

bench := $(dir $(lastword $(MAKEFILE_LIST)))bench
programs := loader
sources_loader := $(wildcard $(bench)/*.c)
include $(dir $(bench))sample.mk
include $(dir $(bench))twin.mk

loader: $(wildcard $(bench)/*.h)
