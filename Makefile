# SPDX-License-Identifier: GPL-2.0
# Rex: everything starts here. `make help` lists the targets.

.DEFAULT_GOAL := all

SAMPLE ?= hello
TEST   ?=
GDB_PORT ?= 1234

vm := tests/vm/run

# What does not wait for another runs beside it, unless make was told how many may.
ifeq ($(filter -j% --jobserver%,$(MAKEFLAGS)),)
MAKEFLAGS += -j$(shell nproc)
endif

include linux/source.mk
include linux/kernel.mk

# PID 1 of the VM.
build/vm/init: tests/vm/init.c | setup
	@mkdir -p $(@D)
	$(CC) -O2 -Wall -Wextra -Werror -o $@ $<

.PHONY: all
all: samples ## build everything

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^##@/ { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

##@ Use

.PHONY: run shell new
run: rex librex build/vm/init ## boot the VM and run a sample (SAMPLE=hello)
	@+scripts/run-sample $(SAMPLE)

shell: samples ## the VM's prompt, in samples/ (Ctrl-a x ends it)
	@cd samples && ../$(vm) --interactive -- bash -i

new: ## start one's own: NAME=foo TYPE=kprobe (uprobe, tracepoint, perf_event, xdp, tc) [DIR=folder]
	@scripts/new "$(NAME)" "$(TYPE)" $(if $(DIR),"$(DIR)")

##@ Test

.PHONY: test host-test test-debug soak soak-debug bench check figures
test: samples tests ## run every test (TEST=part-of-a-name: only those, in the VM)
	@scripts/test $(if $(TEST),--vm $(TEST))

host-test: samples ## only what needs no VM: librex, rust, rex
	@scripts/test --host

# Its structures are laid out differently: cargo builds the extensions anew, and again for make test.
test-debug: export REX_KERNEL_BUILD := $(CURDIR)/build/kernel-debug
test-debug: kernel-debug samples tests ## the VM's tests on a kernel with KASAN, lockdep, kmemleak, ...
	@scripts/test --vm --kernel kernel-debug --time-limit 300 $(TEST)

soak: samples tests ## the VM's tests at length, then soak-debug
	@REX_SOAK=1 scripts/test --vm --time-limit 3600 $(TEST)
	@+$(if $(TEST),,$(MAKE) --no-print-directory soak-debug)

soak-debug: export REX_KERNEL_BUILD := $(CURDIR)/build/kernel-debug
soak-debug: kernel-debug samples tests ## programs on top of each other for ten minutes, on test-debug's kernel
	@REX_SOAK=1 scripts/test --vm --kernel kernel-debug --time-limit 1800 nesting

bench: samples tests ## what Rex programs cost, beside eBPF ones: docs/benchmarks.md
	@scripts/bench

check: ## style: checkpatch, shellcheck, rustfmt, clang-format, SPDX lines
	@scripts/check

figures: samples ## what the project promises in numbers (FULL=1: a fresh clone too)
	@scripts/figures $(if $(FULL),--full)

##@ Build

.PHONY: rust rex librex samples tests
rust: setup ## the compiler side
	@+$(MAKE) --no-print-directory -C rust
# The kernel first: extensions are built for one release and its struct layouts.
rex: kernel rust ## the crate's bindings
	@+$(MAKE) --no-print-directory -C rex
librex: setup ## the loader library
	@+$(MAKE) --no-print-directory -C librex
samples: rex librex build/vm/init ## the samples, their loaders and triggers
	@+$(MAKE) --no-print-directory -C samples
tests: samples ## the tests in C, and what tests load
	@+$(MAKE) --no-print-directory -C tests

.PHONY: setup clean
setup: ## install the packages that are missing
	@scripts/setup

clean: ## remove what was built; keeps the unpacked kernel if it holds edits
	@+for folder in samples tests; do $(MAKE) --no-print-directory -s -C $$folder clean || exit; done
	@scripts/clean $(LINUX_SRC)

##@ Debug

.PHONY: qemu-run-gdb gdb
qemu-run-gdb: samples ## boot the VM so that it waits for make gdb
	@echo "Waiting for make gdb in a second terminal; then the VM's prompt appears here (Ctrl-a x ends it)."
	@cd samples && ../$(vm) --interactive --gdb $(GDB_PORT) -- bash -i

gdb: ## attach gdb to make qemu-run-gdb; there: rex-symbols
	@gdb -q -iex "add-auto-load-safe-path build" -x scripts/gdb/attach.gdb \
		-ex 'target remote 127.0.0.1:$(GDB_PORT)' build/kernel/vmlinux
