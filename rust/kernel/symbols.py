#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Read the kernel's table of symbols that extensions may use.

    symbols.py stub SYMBOLS.DEF       the table as a stub library for llvm-ifs
    symbols.py docs SYMBOLS.DEF PAGE  put the table between the two markers of PAGE
"""
import re
import sys
from collections import namedtuple

Symbol = namedtuple("Symbol", "kind name detail doc group")

ENTRY = re.compile(r'REX_(HELPER|FUNC|MAP_OP|DATA)\(\s*(\w+)\s*,\s*([^"]+?)\s*,\s*"([^"]*)"\s*\)')
HEADING = re.compile(r"/\* (.*) \*/$")

# What compiled code calls for every return and indirect call. Not in the table:
# the kernel makes these thunks in the extension itself.
THUNKS = ["__x86_return_thunk"] + [
    f"__x86_indirect_thunk_{register}" for register in
    ("rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", *(f"r{n}" for n in range(8, 16)))]

BEGIN = "<!-- symbols: begin (written by `make -C rust docs`) -->"
END = "<!-- symbols: end -->"


def read(path):
    """The table's entries; a comment line of its own names the group that follows."""
    with open(path) as file:
        text = file.read()
    # Keep one-line comments: they are headings. Drop the file's head.
    body = re.sub(r"/\*.*?\*/", lambda m: m[0] if "\n" not in m[0] else "", text, flags=re.S)
    symbols, group = [], ""
    for line in body.splitlines():
        line = line.strip()
        if match := HEADING.match(line):
            group = match[1]
        elif match := ENTRY.fullmatch(line):
            symbols.append(Symbol(match[1], match[2], match[3], match[4], group))
        elif line:
            sys.exit(f"{path}: not understood: {line}")
    return symbols


def stub(symbols):
    print("--- !ifs-v1", "IfsVersion: 3.0", "SoName: linux", "Target: x86_64-unknown-none-elf",
          "Symbols:", sep="\n")
    for name in THUNKS:
        print(f"  - {{ Name: {name}, Type: Func }}")
    for symbol in symbols:
        kind = f"Object, Size: {symbol.detail}" if symbol.kind == "DATA" else "Func"
        print(f"  - {{ Name: {symbol.name}, Type: {kind} }}")
    print("...")


def table(symbols):
    group = None
    for symbol in symbols:
        if symbol.group != group:
            group = symbol.group
            yield f"\n## {group}\n\n| symbol | what it is for | helper of eBPF |\n|---|---|---|"
        helper = f"`bpf_{symbol.detail}`" if symbol.kind == "HELPER" else "-"
        yield f"| `{symbol.name}` | {symbol.doc} | {helper} |"
    yield ""


def docs(symbols, page):
    with open(page) as file:
        text = file.read()
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        sys.exit(f"{page}: needs a line '{BEGIN}' and a line '{END}'")
    with open(page, "w") as file:
        file.write(before + begin + "\n" + "\n".join(table(symbols)) + "\n" + end + after)


def main():
    match sys.argv[1:]:
        case ["stub", path]:
            stub(read(path))
        case ["docs", path, page]:
            docs(read(path), page)
        case _:
            sys.exit(__doc__)


main()
