#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
What the kernel keeps of a program's stack is enough for its helpers and for the interrupts that come
meanwhile: a program uses all it can use of its stack, in the message of a panic, and then calls the helpers
that go deepest, under tracers, in a task and in a softirq. In a machine of its own: elsewhere
there are programs that run into the reserve on purpose.
"""
import contextlib
import sys

sys.path.insert(0, "..")
from lib.exits import no_exits, row, setting
from lib.machine import run_inside
from lib.places import SOFTIRQ, TASK
from lib.rex import TRACING, Loaded, check, extension, read, write

STACKS = "/sys/kernel/debug/rex/stacks"
RUNS = 10
TRACED = "htab_map_update_elem"


def reserve():
    """(the most that was used of any stack's reserve, its size)."""
    header, *rows = (line.split() for line in read(STACKS).splitlines())
    stacks = [dict(zip(header, map(int, row))) for row in rows]
    return max(stack["reserve_used"] for stack in stacks), stacks[0]["reserve"]


@contextlib.contextmanager
def tracers():
    """A kretprobe, function tracers with stack traces, and a stack trace of each line that a program prints."""
    trigger = f"{TRACING}/events/bpf_trace/bpf_trace_printk/trigger"
    write(f"{TRACING}/kprobe_events", f"r64:rex_test {TRACED}")
    write(f"{TRACING}/events/kprobes/rex_test/trigger", "stacktrace")
    write(f"{TRACING}/events/kprobes/rex_test/enable", "1")
    write(trigger, "stacktrace")
    write(f"{TRACING}/set_ftrace_filter", "*bpf* *htab* *alloc* *irq*")
    write(f"{TRACING}/current_tracer", "function")
    try:
        with setting(f"{TRACING}/options/func_stack_trace", 1):
            yield
    finally:
        write(f"{TRACING}/current_tracer", "nop")
        write(f"{TRACING}/set_ftrace_filter", "")
        write(trigger, "!stacktrace")
        write(f"{TRACING}/events/kprobes/rex_test/enable", "0")
        write(f"{TRACING}/events/kprobes/rex_test/trigger", "!stacktrace")
        write(f"{TRACING}/kprobe_events", "")


def measure(what, place):
    with Loaded(extension("stack"), f"deep_helpers{place.hook}", budget_ms=1000) as loaded:
        for _ in range(RUNS):
            place.trigger()
        exits = loaded.exits("deep_helpers")
    check(exits == {**no_exits(), "panics": RUNS}, f"{what}: {exits}")
    used, size = reserve()
    row(f"stack reserve: {what}", RUNS, used=used, left=size - used)
    # Room for what no test here calls.
    check(used <= size // 4 * 3, f"{what}: {used} of {size} bytes are used")


def in_the_machine():
    for place in TASK, SOFTIRQ:
        measure(place.name, place)
        with tracers():
            measure(f"{place.name}, traced", place)


run_inside(in_the_machine)
