# SPDX-License-Identifier: GPL-2.0
# Builds the kernel in its flavours: build/kernel, build/kernel-debug.
# One build at a time: two in one folder break it, and two at once help nobody.

# The suffix of clang and its tools: the newest clang-N that has its lld.
LLVM ?= $(or $(lastword $(sort $(foreach lld,$(wildcard /usr/bin/ld.lld-[0-9]*),\
	$(if $(wildcard /usr/bin/clang$(lld:/usr/bin/ld.lld%=%)),$(lld:/usr/bin/ld.lld%=%))))),1)
JOBS ?= $(shell nproc)

kernel_cc     := $(if $(shell command -v ccache),ccache )clang$(filter -%,$(LLVM))
# With its own -j: not a part of a make -j above it.
kernel_make    = env -u MAKEFLAGS -u MFLAGS make --no-print-directory -C $(CURDIR)/build/linux O=$(CURDIR)/build/$@ LLVM=$(LLVM) \
	CC='$(kernel_cc)' HOSTCC='$(kernel_cc)' KBUILD_BUILD_USER=rex KBUILD_BUILD_HOST=rex

.PHONY: linux-tree linux-refresh kernel kernel-debug

linux-tree: setup $(LINUX_SRC)
	@scripts/linux-tree lay $(LINUX_SRC)

linux-refresh: $(LINUX_SRC)
	@scripts/linux-tree refresh $(LINUX_SRC) $(PATCH)

kernel: fragments := linux/config/rex.config
kernel-debug: fragments := linux/config/rex.config linux/config/debug.config

kernel kernel-debug: linux-tree
	@scripts/kernel-config build/$@ $(fragments) -- $(kernel_make)
	@flock build/linux.lock scripts/progress $@ build/$@.log -- $(kernel_make) -j$(JOBS) bzImage modules scripts_gdb
