# SPDX-License-Identifier: GPL-2.0
# `make gdb`: before it attaches to the VM of `make qemu-run-gdb`.
set pagination off
source scripts/gdb/rex_symbols.py
echo \nThe VM of make qemu-run-gdb stands still: continue boots it.\n
echo When an extension is loaded: Ctrl-C, rex-symbols, then break, list and bt know it.\n\n
