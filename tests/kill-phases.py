#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
Kills at any moment, on two CPUs, with tracers on the helper that the program calls: each
run ends at its end or is killed, and none is both or neither. A short program on the same
function is never hit.
"""
import contextlib
import subprocess
import time

from lib.exits import BUDGET_MS, DEBUG_KERNEL, SOAK, call, check_all_cpus_run_programs, in_children, no_exits, on_cpu, row, setting, times
from lib.rex import TOP, TRACING, Loaded, check, clear_trace, extension, write

HOOK = "__x64_sys_getpriority"
HELPER = "bpf_ktime_get_ns"
SYS_GETPRIORITY = 140
KILLS = times(100_000)
BATCH = 500 if SOAK else 50
BUDGET = 10 if DEBUG_KERNEL else 4  # what is patched for a tracer takes the emulator more than a millisecond when it first runs
FEXIT = f"{TOP}/build/tests/fexit"
FIRST_ROUNDS = 10_000


@contextlib.contextmanager
def no_tracer():
    yield


@contextlib.contextmanager
def kretprobe():
    write(f"{TRACING}/kprobe_events", f"r64:rex_test {HELPER}")
    write(f"{TRACING}/events/kprobes/rex_test/enable", "1")
    try:
        yield
    finally:
        write(f"{TRACING}/events/kprobes/rex_test/enable", "0")
        write(f"{TRACING}/kprobe_events", "")


@contextlib.contextmanager
def tracer(name):
    """A tracer of functions, on the helper only."""
    write(f"{TRACING}/set_ftrace_filter", HELPER)
    write(f"{TRACING}/current_tracer", name)
    try:
        yield
    finally:
        write(f"{TRACING}/current_tracer", "nop")
        write(f"{TRACING}/set_ftrace_filter", "")


@contextlib.contextmanager
def stack_traces():
    with tracer("function"), setting(f"{TRACING}/options/func_stack_trace", 1):
        yield


@contextlib.contextmanager
def fexit():
    """A trampoline of eBPF around the helper."""
    with subprocess.Popen([FEXIT, HELPER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        check(process.stdout.readline() == "attached\n", f"{FEXIT} {HELPER} did not attach")
        try:
            yield
        finally:
            process.stdin.close()
        returns = int(process.stdout.readline())
        check(returns > 0, f"fexit saw {returns} returns of {HELPER}")


@contextlib.contextmanager
def all_at_once():
    with fexit(), kretprobe(), tracer("function_graph"):
        yield


TRACERS = {"no tracer": no_tracer, "kretprobe": kretprobe, "function_graph": lambda: tracer("function_graph"), "fexit": fexit,
           "function with stack traces": stack_traces, "kretprobe, function_graph and fexit": all_at_once}


def on(cpu, count):
    def run():
        with on_cpu(cpu):
            call(SYS_GETPRIORITY, count)
    return run


def check_counts(loaded):
    starts, ends, short_starts, short_ends = (loaded.map("counts").get(what) for what in range(4))
    killed = loaded.exits("work")
    # A kill can come between the count of the end and the end.
    neither = starts - ends - killed["timeouts"]
    check(killed == {**no_exits(), "timeouts": killed["timeouts"]} and -1 - KILLS // 1000 <= neither <= 0,
          f"{starts} starts, {ends} ends, {killed}")
    check(short_starts == short_ends, f"short: {short_starts} starts, {short_ends} ends, {loaded.exits('short')}")
    check(loaded.exits("short") == no_exits(), loaded.exits("short"))
    check(starts == short_starts, f"{starts} starts of the one, {short_starts} of the other")
    return starts, killed["timeouts"]


for what, tracing in TRACERS.items():
    with Loaded(extension("work"), f"work@{HOOK}", f"short@{HOOK}") as attached:
        with setting(BUDGET_MS, BUDGET), tracing():
            attached.map("rounds").set(1, 1)
            begin = time.monotonic()
            rounds, starts, kills = FIRST_ROUNDS, 0, 0
            while kills < KILLS / len(TRACERS):
                attached.map("rounds").set(0, rounds)
                in_children(on(0, BATCH), on(1, BATCH))
                before = starts, kills
                starts, kills = check_counts(attached)
                # So that about as many end as are killed, on any machine.
                share = (kills - before[1]) / (starts - before[0])
                rounds = int(rounds * (2 if share < 0.3 else 0.7 if share > 0.7 else 1))
            elapsed = time.monotonic() - begin
        clear_trace()
        row(f"kills at random: {what}", kills, runs=f"{starts:,}", seconds=f"{elapsed:.0f}")
check_all_cpus_run_programs()
