# SPDX-License-Identifier: GPL-2.0
"""What an object contains."""
import re
import struct
import subprocess

from workshop import TOOLS, expect


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
