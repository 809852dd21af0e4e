# SPDX-License-Identifier: GPL-2.0
"""Names of functions: demangled for errors, and as section .rex.symbols for backtraces."""
import struct
import subprocess

from elf import SHN_UNDEF, STT_FUNC

LONGEST = 511  # bytes: what the kernel's KSYM_NAME_LEN leaves


def demangled(elf, tools):
    """A dict from the name of each function to its readable form."""
    mangled = sorted({s.name for s in elf.symbols if s.type == STT_FUNC})
    readable = subprocess.run([f"{tools['LLVM_BIN']}/llvm-cxxfilt"], input="\n".join(mangled),
                              stdout=subprocess.PIPE, text=True, check=True).stdout
    return dict(zip(mangled, readable.splitlines()))


def symbol_section(elf, readable):
    """struct { u32 count, strings_size; struct { u64 addr; u32 size, name; } syms[count]; char strings[]; }"""
    functions = {s.value: s for s in elf.symbols if s.type == STT_FUNC and s.section != SHN_UNDEF}
    entries, strings = b"", b""
    for address, symbol in sorted(functions.items()):
        entries += struct.pack("<QII", address, symbol.size, len(strings))
        strings += readable[symbol.name].encode()[:LONGEST] + b"\0"
    return struct.pack("<II", len(functions), len(strings)) + entries + strings
