# SPDX-License-Identifier: GPL-2.0
"""What an object contains."""
import re
import struct
import subprocess

from workshop import TOOLS, expect
from elf import string_at  # workshop says where it is


def disassembly(elf, section=".text"):
    """{function: its lines}"""
    text = subprocess.run([f"{TOOLS['LLVM_BIN']}/llvm-objdump", "-d", "-r", "--no-show-raw-insn", "--demangle",
                           f"--section={section}", elf.path], capture_output=True, text=True, check=True).stdout
    functions, lines = {}, []
    for line in text.splitlines():
        if match := re.match(r"[0-9a-f]+ <(.*)>:$", line):
            lines = functions.setdefault(match[1], [])
        else:
            lines.append(line)
    return functions


def callers(elf, symbol):
    """Functions that call a kernel symbol."""
    return {name for name, lines in disassembly(elf).items() if any(f"\t{symbol}-" in line for line in lines)}


def checked(elf):
    """Functions that check the stack."""
    return callers(elf, "rex_stack_overflow")


def polled(elf):
    """Functions that look whether they are asked to end the program."""
    return callers(elf, "rex_kill_landing")


def relocations(elf, name):
    """(offset, type, symbol, addend) of an ALLOC relocation section."""
    section = elf.section(name)
    symbols = elf.sections[section.link]
    strings = elf.data(elf.sections[symbols.link])
    for offset, info, addend in struct.iter_unpack("<QQq", elf.data(section)):
        (at,) = struct.unpack_from("<I", elf.data(symbols), 24 * (info >> 32))
        yield offset, info & 0xffffffff, strings[at:strings.index(b"\0", at)].decode(), addend


def note(elf):
    """Fields of the build note."""
    data = elf.data(elf.section(".note.rex"))
    name_size, desc_size, kind = struct.unpack_from("<III", data)
    expect((name_size, kind, data[12:16]) == (4, 1, b"Rex\0"), "not a note of Rex")
    abi, depth, slack, count, release, crate = struct.unpack_from("<IIII64s32s", data, 16)
    expect(desc_size == 112 + 4 * count, f"note of {desc_size} bytes with {count} words of layout")
    return {"abi": abi, "depth": depth, "slack": slack, "release": release.rstrip(b"\0").decode(),
            "crate": crate.rstrip(b"\0").decode(), "layout": struct.unpack_from(f"<{count}I", data, 16 + 112)}


def imports(elf):
    """{program: its kernel symbols}, from the tables in the object."""
    targets = {offset: addend for offset, kind, _, addend in relocations(elf, ".rela.dyn") if kind == 8}
    progs, table = elf.section(".rex.progs"), elf.section(".rex.imports")
    names = {targets[progs.addr + at + 208]: elf.data(progs)[at:at + 64].rstrip(b"\0").decode()
             for at in range(0, progs.size, 216)}
    result = {name: set() for name in names.values()}
    for at in range(0, table.size if table else 0, 72):
        result[names[targets[table.addr + at]]].add(elf.data(table)[at + 8:at + 72].rstrip(b"\0").decode())
    return result


class Btf:
    """Types in BTF as values of Python: "u32", [element, length], {field: (bits from the start, type)}."""

    INT, ARRAY, STRUCT, UNION, FLOAT = 1, 3, 4, 5, 16

    def __init__(self, data):
        magic, version, _, header, types, size, strings, length = struct.unpack_from("<HBBIIIII", data)
        expect((magic, version, header, types) == (0xeb9f, 1, 24, 0), "not the header of BTF")
        expect(header + strings + length == len(data) and strings == size, "sizes don't add up")
        self._strings = data[header + strings:]
        self._types, at = [], header
        while at < header + size:
            record, at = self._read(data, at)
            self._types.append(record)

    def __getitem__(self, number):
        return self._types[number - 1]

    def _name(self, at):
        return string_at(self._strings, at)

    def _read(self, data, at):
        name, info, size = struct.unpack_from("<III", data, at)
        kind, count, at = info >> 24, info & 0xffff, at + 12
        if kind == self.INT:
            (bits,) = struct.unpack_from("<I", data, at)
            name = self._name(name)
            expect(bits & 0xff == 8 * size and bits >> 24 == (name[0] == "i"), f"{name}: {bits:#x}")
            return name, at + 4
        if kind == self.FLOAT:
            return self._name(name), at
        if kind == self.ARRAY:
            element, index, length = struct.unpack_from("<III", data, at)
            expect(self[index] == "u32", "the index of an array")
            return [self[element], length], at + 12
        expect(kind in (self.STRUCT, self.UNION) and not name, f"kind {kind}, name {self._name(name)}")
        fields = {}
        for field, of, bits in struct.iter_unpack("<III", data[at:at + 12 * count]):
            fields[self._name(field)] = bits, self[of]
        return fields, at + 12 * count


def map_types(elf):
    """{map: (its key, its value)}, from .rex.types."""
    data, at, found = elf.data(elf.section(".rex.types")), 0, {}
    while at < len(data):
        name, key, value, size = struct.unpack_from("<64sIII", data, at)
        btf = Btf(data[at + 76:at + 76 + size])
        found[name.rstrip(b"\0").decode()] = btf[key], btf[value]
        at += 76 + size
        expect(at % 4 == 0, "not aligned")
    return found
