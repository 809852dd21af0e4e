# SPDX-License-Identifier: GPL-2.0
# `make gdb`: attach to the VM of `make qemu-run-gdb`.
set pagination off
source scripts/gdb/rex_symbols.py
target remote 127.0.0.1:1234
echo \nThe VM stands still: continue boots it.\n
echo When an extension is loaded: Ctrl-C, rex-symbols, then break, list and bt know it.\n\n
