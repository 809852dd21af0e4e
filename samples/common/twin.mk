# SPDX-License-Identifier: GPL-2.0
#
# Rules for the eBPF twin of a sample's extension, twin.bpf.c, to be included
# after sample.mk.

BPF_CC ?= $(firstword $(foreach c,clang-22 clang-21 clang-20 clang,$(if $(shell command -v $(c)),$(c))) clang)
# Where Debian has <asm/types.h>. A program's context can go unused.
BPF_CFLAGS := -target bpf -mcpu=v3 -O2 -g -Wall -Wextra -Wno-unused-parameter -Werror \
	      -I/usr/include/$(shell uname -m)-linux-gnu

all: twin.bpf.o

twin.bpf.o: twin.bpf.c
	$(BPF_CC) $(BPF_CFLAGS) -c $< -o $@

clean: clean-twin
.PHONY: clean-twin
clean-twin:
	rm -f twin.bpf.o
