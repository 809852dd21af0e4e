# SPDX-License-Identifier: GPL-2.0
# Builds the kernel in its flavours: build/kernel, build/kernel-debug.
# One build at a time, which scripts/progress sees to.
# What is installed is looked up when it is used, which is after set-up.

# The suffix of clang and its tools: of the newest that is installed, 1 for none.
LLVM ?= $(or $(shell ls /usr/bin | sed -n 's/^ld\.lld\(-[0-9]*\)$$/\1/p' | sort -V | tail -1),1)
JOBS ?= $(shell nproc)

kernel_cc = $(if $(shell command -v ccache),ccache )clang$(filter -%,$(LLVM))
# With its own -j: not a part of a make -j above it. ccache takes the headers from
# the compiler's own list of them: a file it does not know is not read twice.
kernel_make = env -u MAKEFLAGS -u MFLAGS CCACHE_DEPEND=1 make --no-print-directory -C $(CURDIR)/build/linux O=$(CURDIR)/build/$@ \
	LLVM=$(LLVM) CC='$(kernel_cc)' HOSTCC='$(kernel_cc)' KBUILD_BUILD_USER=rex KBUILD_BUILD_HOST=rex

##@ The kernel

.PHONY: linux-tree linux-refresh kernel kernel-debug

linux-tree: linux-source
	@scripts/linux-tree lay $(LINUX_SRC)

linux-refresh: linux-source ## take edits in build/linux back into linux/ (PATCH=file: those no patch has yet)
	@scripts/linux-tree refresh $(LINUX_SRC) $(PATCH)

kernel: fragments := linux/config/rex.config
kernel-debug: fragments := linux/config/rex.config linux/config/debug.config

kernel: linux-tree ## the kernel that users boot, in build/kernel
kernel-debug: linux-tree ## the same with KASAN, lockdep, kmemleak, ..., in build/kernel-debug
kernel kernel-debug:
	@scripts/kernel-config build/$@ $(fragments) -- $(kernel_make)
	@scripts/progress $@ build/$@.log -- $(kernel_make) -j$(JOBS) bzImage modules scripts_gdb
	@rex/bindings/tracepoints.py build/$@
