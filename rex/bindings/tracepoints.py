#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""List the tracepoints of a built kernel and what their records hold.

    tracepoints.py KERNEL

reads KERNEL/vmlinux, the same tables from which the running kernel makes the files
events/*/*/format, and writes KERNEL/rex-tracepoints, which the attribute
#[rex_tracepoint_context] reads:

    sched/sched_switch
    	8	[u8; 16]	prev_comm	char[16]
    	24	i32	prev_pid	pid_t

An offset in the record, a type in Rust, the field's name, its type in C. A type
&[T] is an array of any length behind the record, &str one that is a string, &rel
[T] one whose place counts from the field's own end. Tracepoints of modules are
not in it.
"""
import os
import re
import struct
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../rust/link"))

from elf import Elf, string_at  # noqa: E402

ENTRY_SIZE = 8      # struct trace_entry; a program finds the kernel's pointer to registers there
SYSCALL_ARGS = 16   # struct syscall_tp_t in kernel/trace/trace_syscalls.c
# struct trace_event_fields behind its type, whose members are in an anonymous struct:
# name, size, align, flags of which the lowest says signed, filter_type, len.
FIELD, FIELD_SIZE = "QiiIii", 40
FUNCTION_TYPE = 2 ** 64 - 1  # the kernel's TRACE_FUNCTION_TYPE: fields that code defines

INTEGERS = {1: "8", 2: "16", 4: "32", 8: "64"}
# Elements of arrays of any length, of which only the name of their type is known.
ELEMENTS = {"u8": "u8", "__u8": "u8", "unsigned char": "u8", "uint8_t": "u8", "char": "u8", "s8": "i8",
            "u16": "u16", "__u16": "u16", "u32": "u32", "__u32": "u32", "int": "i32", "unsigned int": "u32",
            "u64": "u64", "__u64": "u64", "unsigned long": "u64", "long": "i64"}


class Btf:
    """Offsets of members and values of enumerators, from section .BTF."""

    TAIL = {1: 4, 3: 12, 4: 12, 5: 12, 6: 8, 13: 8, 14: 4, 15: 12, 17: 4, 19: 12}  # bytes behind each kind's record
    COUNTED = (4, 5, 6, 13, 15, 19)

    def __init__(self, data):
        _, _, _, head, types, types_size, strings, _ = struct.unpack_from("<HBBIIIII", data)
        self.strings = head + strings
        self.data = data
        self.structs, self.enums = {}, {}
        at, end = head + types, head + types + types_size
        while at < end:
            name, info, _ = struct.unpack_from("<III", data, at)
            kind, count = info >> 24 & 31, info & 0xffff
            at += 12
            if kind == 4 and name:
                self.structs[self._text(name)] = (at, count, info >> 31)
            elif kind == 6:
                for i in range(count):
                    key, value = struct.unpack_from("<II", data, at + 8 * i)
                    self.enums[self._text(key)] = value
            at += self.TAIL.get(kind, 0) * (count if kind in self.COUNTED else 1)

    def _text(self, offset):
        return string_at(self.data, self.strings + offset)

    def offsets(self, name):
        """{member: bytes from the start}, members of anonymous unions and structs left out."""
        at, count, bitfields = self.structs[name]
        members = {}
        for i in range(count):
            member, _, bits = struct.unpack_from("<III", self.data, at + 12 * i)
            members[self._text(member)] = (bits & 0xffffff if bitfields else bits) // 8
        return members


class Kernel:
    """The static memory of a kernel that is not running."""

    def __init__(self, path):
        self.elf = Elf(path)
        self.sections = [s for s in self.elf.sections if s.addr and s.type != 8 and s.size]
        self.symbols = {s.name: s.value for s in self.elf.symbols}
        self.btf = Btf(self.elf.data(self.elf.section(".BTF")))

    def _at(self, address):
        for section in self.sections:
            if section.addr <= address < section.addr + section.size:
                return section.offset + address - section.addr
        raise ValueError(f"{address:#x} is in no section")

    def unpack(self, address, layout):
        return struct.unpack_from(f"<{layout}", self.elf.bytes, self._at(address))

    def word(self, address, layout="Q"):
        return self.unpack(address, layout)[0]

    def text(self, address):
        return string_at(self.elf.bytes, self._at(address))

    def c_type(self, address):
        return re.sub(r"__attribute__\(\(.*?\)\) ", "", self.text(address))


def integer(size, signed):
    return f"{'i' if signed else 'u'}{INTEGERS[size]}"


def rust_type(c_type, size, signed, length):
    """What bytes of a record are in Rust: an integer, an array of them, or of bytes."""
    if match := re.match(r"__(data|rel)_loc (.*?)(?:\[\])?$", c_type):
        array = "str" if match[2] == "char" else f"[{ELEMENTS.get(match[2], 'u8')}]"
        return f"{'&' if match[1] == 'data' else '&rel '}{array}"
    element = size // length if length else size
    if "[" in c_type and element in INTEGERS:
        kind = "u8" if c_type.startswith("char") else integer(element, signed)
        return f"[{kind}; {size // element}]"
    return integer(size, signed) if size in INTEGERS else f"[u8; {size}]"


def class_fields(kernel, trace_class):
    """(offset, Rust's type, name, C's type) as trace_event_define_fields() has them; None if code defines them."""
    at = kernel.word(trace_class + kernel.btf.offsets("trace_event_class")["fields_array"])
    offset, fields = ENTRY_SIZE, []
    while at and (c_type := kernel.word(at)):
        if c_type == FUNCTION_TYPE:
            return None
        name, size, align, flags, _, length = kernel.unpack(at + 8, FIELD)
        offset = -(-offset // align) * align
        c_type = kernel.c_type(c_type)
        fields.append((offset, rust_type(c_type, size, flags & 1, length), kernel.text(name), c_type))
        offset += size
        at += FIELD_SIZE
    return fields


def syscall_fields(kernel, metadata, enters):
    fields = [(ENTRY_SIZE, "i32", "syscall_nr", "int")]
    if not enters:
        return [*fields, (SYSCALL_ARGS, "i64", "ret", "long")]
    at = kernel.btf.offsets("syscall_metadata")
    types, names = kernel.word(metadata + at["types"]), kernel.word(metadata + at["args"])
    for i in range(kernel.word(metadata + at["nb_args"], "i")):
        name, c_type = kernel.word(names + 8 * i), kernel.word(types + 8 * i)
        fields.append((SYSCALL_ARGS + 8 * i, "u64", kernel.text(name), kernel.c_type(c_type)))
    return fields


def tracepoints(kernel):
    """(system/name, fields) of each that programs can be attached to."""
    call, classes = kernel.btf.offsets("trace_event_call"), kernel.btf.offsets("trace_event_class")
    is_tracepoint = kernel.btf.enums["TRACE_EVENT_FL_TRACEPOINT"]
    syscall = {kernel.symbols["event_class_syscall_enter"]: True, kernel.symbols["event_class_syscall_exit"]: False}
    name_at = call["class"] + 8  # in an anonymous union with the tracepoint, whose first member is the name
    for place in range(kernel.symbols["__start_ftrace_events"], kernel.symbols["__stop_ftrace_events"], 8):
        event = kernel.word(place)
        trace_class = kernel.word(event + call["class"])
        name = kernel.word(event + name_at)
        if trace_class in syscall:
            fields = syscall_fields(kernel, kernel.word(event + call["data"]), syscall[trace_class])
        elif kernel.word(event + call["flags"], "i") & is_tracepoint:
            name = kernel.word(name)
            fields = class_fields(kernel, trace_class)
        else:
            continue
        if fields is not None:
            yield f"{kernel.text(kernel.word(trace_class + classes['system']))}/{kernel.text(name)}", fields


def main():
    folder = sys.argv[1]
    source, output = f"{folder}/vmlinux", f"{folder}/rex-tracepoints"
    if os.path.exists(output) and os.path.getmtime(output) > max(os.path.getmtime(source), os.path.getmtime(__file__)):
        return
    lines = []
    for name, fields in sorted(tracepoints(Kernel(source))):
        lines.append(name)
        lines += ["\t" + "\t".join(map(str, field)) for field in fields]
    with open(output, "w") as file:
        file.write("\n".join(lines) + "\n")


main()
