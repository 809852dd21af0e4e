#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The distribution's bpftool, ip, tc and bpftrace work on this kernel, and bpftool knows Rex programs."""
import ctypes
import json
import os
import re
import shutil
import struct
import subprocess

from lib.rex import DEADLINE, Loaded, bpf, check, extension, output_of, sample, skip

PIN = "/sys/fs/bpf/rex-stock-tools"


def bpftool(*arguments):
    return json.loads(output_of("bpftool", "--json", *arguments))


def bpftool_shows_programs_and_maps():
    with Loaded(sample("map_test"), "rex_prog1") as tp, Loaded(extension("count"), "count_call@do_unlinkat") as kp:
        for loaded, name, kind, maps in ((tp, "rex_prog1", "tracepoint", ("map_hash", "map_array")),
                                         (kp, "count_call", "kprobe", ("dups", "calls", "scratch", "nesting", "stage"))):
            number = loaded.ids[name]
            shown = bpftool("prog", "show", "id", str(number))
            check(shown["name"] == name and shown["type"] == kind, shown)
            check(sorted(shown["map_ids"]) == sorted(loaded.ids[name] for name in maps), shown)
            check(shown["jited"] and shown["gpl_compatible"] and re.fullmatch("[0-9a-f]{16}", shown["tag"]), shown)
            check(number in [prog["id"] for prog in bpftool("prog", "show")], "not in the list of all programs")
            # There is no eBPF in it, and the distribution's bpftool has no disassembler: neither must do harm.
            for kind in ("xlated", "jited"):
                subprocess.run(["bpftool", "prog", "dump", kind, "id", str(number)], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, timeout=DEADLINE, check=False)
            check(number in [prog["id"] for prog in bpftool("prog", "show")], "gone after a dump")

        tp.map("map_array").set(0, 7)
        dump = bpftool("map", "dump", "id", str(tp.ids["map_array"]))
        check(dump[0].get("value") in (7, ["0x07", "0x00", "0x00", "0x00"]), dump)
        check({tp.ids["rex_prog1"], kp.ids["count_call"]} <= {entry["prog_id"] for entry in bpftool("link", "show")},
              bpftool("link", "show"))


def pin_ebpf_program(path):
    """An eBPF program for XDP: return XDP_PASS."""
    prog_load, obj_pin, xdp, license_of_it = 5, 6, 6, ctypes.create_string_buffer(b"GPL")
    instructions = ctypes.create_string_buffer(struct.pack("<BBhiBBhi", 0xb7, 0, 0, 2, 0x95, 0, 0, 0), 16)
    fd = bpf(prog_load, "IIQQ", xdp, 2, ctypes.addressof(instructions), ctypes.addressof(license_of_it))
    name = ctypes.create_string_buffer(path.encode())
    bpf(obj_pin, "QII", ctypes.addressof(name), fd, 0)
    os.close(fd)


def ip_and_tc_work():
    output_of("ip", "link", "add", "rex0", "type", "veth", "peer", "name", "rex1")
    try:
        output_of("ip", "link", "set", "rex0", "up")
        pin_ebpf_program(PIN)
        output_of("ip", "link", "set", "dev", "rex0", "xdpgeneric", "pinned", PIN)
        check("xdpgeneric" in output_of("ip", "link", "show", "rex0"), output_of("ip", "link", "show", "rex0"))
        output_of("ip", "link", "set", "dev", "rex0", "xdpgeneric", "off")
        output_of("tc", "qdisc", "add", "dev", "rex0", "clsact")
        # Classic BPF: accept everything.
        output_of("tc", "filter", "add", "dev", "rex0", "ingress", "bpf", "bytecode", "1,6 0 0 4294967295", "flowid", "1:1")
        check("bytecode" in output_of("tc", "filter", "show", "dev", "rex0", "ingress"), "tc shows no filter")
    finally:
        output_of("ip", "link", "del", "rex0")
        if os.path.exists(PIN):
            os.unlink(PIN)


def bpftrace_works():
    check("hello" in output_of("bpftrace", "-e", 'BEGIN { printf("hello\\n"); exit(); }'), "BEGIN does not run")
    counted = output_of("bpftrace", "-e", "kprobe:__x64_sys_getpriority { @calls = count(); }", "-c", "/usr/bin/nice")
    check(re.search(r"@calls: [1-9]", counted), counted)


for tool in ("bpftool", "ip", "tc", "bpftrace"):
    if not shutil.which(tool):
        skip(f"{tool} is not installed")
bpftool_shows_programs_and_maps()
ip_and_tc_work()
bpftrace_works()
