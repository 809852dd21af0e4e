#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
A program runs on top of another, inside a helper that it called, and both end as
they would alone, also when the inner or the outer one panics.

eBPF keeps kprobe and tracepoint programs from nesting in each other, but not in
those of uprobes: `outer` is one, and `inner` is a kprobe on what its helper calls.
"""
from lib.places import USER
from lib.rex import KernelLog, Loaded, check, extension

TIMES = 100


def run(outer, inner, times):
    """Trigger the pair; ([outer starts, outer ends, inner starts], {program: panics})."""
    with Loaded(extension("count"), f"{outer}{USER.hook}", inner) as loaded:
        for _ in range(times):
            USER.trigger()
        counts = loaded.map("nesting")
        return [counts.get(what) for what in range(3)], {name: loaded.panics(name) for name in (outer, inner)}


found = run("outer", "inner", TIMES)
check(found == ([TIMES, TIMES, TIMES], {"outer": 0, "inner": 0}), found)

with KernelLog() as log:
    found = run("outer", "inner_panic", 1)
    check(found == ([1, 1, 1], {"outer": 0, "inner_panic": 1}), found)
    # The backtrace goes through both.
    log.wait_for(r"program 'count/inner_panic' panicked at src/main.rs:\d+:\d+: in the inner program\nrex: backtrace:\n"
                 r"(?:rex:   .*\n)*rex:   .*inner_panic.*\n(?:rex:   .*\n)*rex:   .*outer.*\n")

with KernelLog() as log:
    found = run("outer_panic", "inner", 1)
    check(found == ([1, 0, 1], {"outer_panic": 1, "inner": 0}), found)
    log.wait_for(r"program 'count/outer_panic' panicked at src/main.rs:\d+:\d+: in the outer program\n")

found = run("outer_panic", "inner_panic", TIMES)
check(found == ([TIMES, 0, TIMES], {"outer_panic": TIMES, "inner_panic": TIMES}), found)
