#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A program lives as long as somebody holds it: a loader, a pinned program or a pinned link; then all of it is freed."""
import json
import os
import signal
import subprocess

from lib.rex import Loaded, Map, check, dup, extension, output_of, read, wait_until

FD = 99  # count_dup counts this descriptor only
PIN = "/sys/fs/bpf/rex-lifetime"


def bpftool(*arguments):
    return json.loads(output_of("bpftool", "--json", *arguments) or "null")


def exists(kind, number):
    return any(found["id"] == number for found in bpftool(kind, "show"))


def kill(loaded):
    loaded.process.send_signal(signal.SIGKILL)
    loaded.process.wait()


def images():
    """Objects in the kernel's memory."""
    return read("/proc/vmallocinfo").count(" rex_image")


def trigger(cpu):
    os.sched_setaffinity(0, {cpu})
    dup(FD)


def gone(program, map_number):
    wait_until(lambda: not exists("prog", program), "the program is freed")
    wait_until(lambda: not exists("map", map_number), "its map is freed")
    wait_until(lambda: images() == before, "the object is freed")


os.dup2(0, FD)
before = images()

# A killed loader.
loaded = Loaded(extension("count"), "count_dup")
check(images() == before + 1, f"{images()} objects, expected {before + 1}")
kill(loaded)
gone(loaded.ids["count_dup"], loaded.ids["dups"])

# A pinned program: not attached any more, but there, with its maps, and can be got back.
loaded = Loaded(extension("count"), "count_dup")
number = loaded.ids["count_dup"]
output_of("bpftool", "prog", "pin", "id", str(number), PIN)
kill(loaded)
check(bpftool("prog", "show", "pinned", PIN)["name"] == "count_dup", bpftool("prog", "show", "pinned", PIN))
counts = Map(loaded.ids["dups"])
wait_until(lambda: not bpftool("perf", "show"), "the program is detached")
trigger(0)
check(counts.get(0) == 0, "the program still runs although its link is gone")
del counts
os.unlink(PIN)
gone(number, loaded.ids["dups"])

# A pinned link: the program runs on.
loaded = Loaded(extension("count"), "count_dup")
number = loaded.ids["count_dup"]
link = next(link["id"] for link in bpftool("link", "show") if link.get("prog_id") == number)
output_of("bpftool", "link", "pin", "id", str(link), PIN)
kill(loaded)
counts = Map(loaded.ids["dups"])
trigger(0)
check(counts.get(0) == 1, f"counted {counts.get(0)} after the loader's end, expected 1")
del counts
os.unlink(PIN)
gone(number, loaded.ids["dups"])
