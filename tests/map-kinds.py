#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
Maps of the further kinds do what their names say, statics keep their values,
bpftool shows entries by their fields, what was not written is zero, and loaders use libbpf's options of maps.
"""
import errno
import json
import os

from lib.exits import BUDGET_MS, setting
from lib.rex import TOP, Loaded, check, dup, extension, output_of

FD = 99  # the extension's
OPTIONS = f"{TOP}/build/tests/map_options"


def dump(number):
    return json.loads(output_of("bpftool", "-j", "map", "dump", "id", str(number)))


def fields(entry):
    """What bpftool shows of an entry with the types that the map came with."""
    return entry["formatted"]["key"], entry["formatted"]["value"]


def answered(loaded):
    return {entry["formatted"]["key"]: entry["formatted"]["value"] for entry in dump(loaded.ids["answers"])}


os.dup2(0, FD)
cpu = max(os.sched_getaffinity(0))
os.sched_setaffinity(0, {cpu})

with setting(BUDGET_MS, 1000), Loaded(extension("maps"), "at_dup") as loaded:
    dup(FD)
    first = answered(loaded)
    dup(FD)
    second = answered(loaded)
    key, value = fields(dump(loaded.ids["VISITS"])[0])
    unwritten = dump(loaded.ids["UNWRITTEN"])[0]["value"]
check(first[0] == 100 and second[0] == 101, f"the static was {first[0]}, then {second[0]}")
check(second[1] == cpu + 1, f"per CPU: {second[1]} on CPU {cpu}")
check(second[2] == 999, f"used just now: {second[2]}")
check(second[3] == 1, "what was used first is still there")
check(key == {"tgid": os.getpid(), "uid": os.getuid()}, f"key {key}")
check(value == {"count": 7, "place": {"cpu": cpu, "change": -5, "more": {"__0": 1, "__1": 2}}, "letters": [*b"abcd"]},
      f"value {value}")
check({int(byte, 16) for byte in unwritten} == {0}, f"what was on the stack: {unwritten}")

# The loader makes `answers` larger, pins a map, and gives the next load the pinned one.
with setting(BUDGET_MS, 1000):
    output = output_of(OPTIONS, extension("maps"))
expected = [101, cpu + 1, 999, 1, 24, 8, 0, -errno.EINVAL, 8]
lines = [int(line) for line in output.splitlines()]
check(lines == [100, *expected[1:]], f"with options: {lines}, expected {expected}")
