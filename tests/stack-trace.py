#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
A stack trace that is taken inside a program names the extension's functions, and
goes on with the kernel's that ran before the program.
"""
import os
import re

from lib.rex import TRACING, Loaded, check, clear_trace, dup, extension, trace, wait_until, write

FD = 99  # the program prints for this descriptor only
TRIGGER = f"{TRACING}/events/bpf_trace/bpf_trace_printk/trigger"


def stack():
    """Functions of the first stack trace, the innermost first."""
    found = re.search(r"<stack trace>\n((?: => .*\n)+)", trace())
    return found and re.findall(r" => (.*)", found[1])


os.dup2(0, FD)
with Loaded(extension("count"), "print"):
    clear_trace()
    write(TRIGGER, "stacktrace")
    try:
        dup(FD)
        functions = wait_until(stack, "a stack trace of the line that the program prints")
    finally:
        write(TRIGGER, "!stacktrace")

# From the kernel function that the extension called to the system call; others may lie between.
EXPECTED = ("rex_trace_printk", "count::say", "print.entry", "rex_enter", "trace_call_bpf", "do_syscall_64")
places = [functions.index(name) if name in functions else -1 for name in EXPECTED]
check(-1 not in places and places == sorted(places), f"expected {', '.join(EXPECTED)} in this order:", *functions)
