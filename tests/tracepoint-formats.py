#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
The table that contexts of tracepoints come from says what the running kernel's
format files say. REX_SOAK compares all of them, which takes long: each is a file.
"""
import os
import re

from lib.rex import TOP, TRACING, check, read

EVERY = 1 if os.environ.get("REX_SOAK") else 20

FIELD = re.compile(r"\tfield:(?P<type>.*?)\s*(?P<name>\w+)(?P<array>\[.*\])?;\toffset:(?P<offset>\d+);\tsize:(?P<size>\d+);")
SIZES = {"u8": 1, "i8": 1, "u16": 2, "i16": 2, "u32": 4, "i32": 4, "u64": 8, "i64": 8}


def size_of(kind):
    if kind.startswith("&"):
        return 4
    if match := re.fullmatch(r"\[(\w+); (\d+)\]", kind):
        return SIZES[match[1]] * int(match[2])
    return SIZES[kind]


def table():
    """{tracepoint: [(name, offset, size)]} of those that the extensions were built with."""
    points = {}
    for line in read(f"{TOP}/build/{os.environ.get('REX_KERNEL', 'kernel')}/rex-tracepoints").splitlines():
        if not line.startswith("\t"):
            fields = points.setdefault(line, [])
            continue
        offset, kind, name, _ = line[1:].split("\t")
        fields.append((name, int(offset), size_of(kind)))
    return points


def format_file(point):
    """The same, as the kernel says it; without what all records start with."""
    fields = []
    for line in read(f"{TRACING}/events/{point}/format").splitlines():
        match = FIELD.match(line)
        if match and not match["name"].startswith("common_"):
            name = "syscall_nr" if match["name"] == "__syscall_nr" else match["name"]
            fields.append((name, int(match["offset"]), int(match["size"])))
    return fields


points = table()
check(len(points) > 500, f"{len(points)} tracepoints")
check("rex/rex_exit" in points, "the kernel's own tracepoint of Rex is missing")
compared = 0
for point in [*list(points)[::EVERY], "rex/rex_exit", "sched/sched_switch", "sched/sched_process_exec"]:
    # Linux has no event for a system call that this architecture does not have.
    if point.startswith("syscalls/") and not os.path.exists(f"{TRACING}/events/{point}"):
        continue
    check(points[point] == format_file(point), point, points[point], format_file(point))
    compared += 1
check(compared > 0.8 * len(points) / EVERY, f"compared {compared} of {len(points)}")
