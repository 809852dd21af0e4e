# SPDX-License-Identifier: GPL-2.0
"""The functions of a linked object and what each calls, from its machine code."""
import bisect
import re
import subprocess

from config import fail
from elf import SHF_EXECINSTR, SHN_UNDEF, STT_FUNC

INDIRECT = object()  # the target of a call through a register
RETURN_THUNK = "__x86_return_thunk"
INDIRECT_THUNK = "__x86_indirect_thunk_"

# State that the kernel does not save for its own code.
VECTOR = re.compile(r"%(?:[xyz]?mm\d|st\b)")
BRANCH = re.compile(r"^\s*([0-9a-f]+):.*?\t(?:\w+ )*(call|j\w+|ret)[ql]?(?:\s+(\*?)(?:0x([0-9a-f]+))?.*)?$")


class Function:
    def __init__(self, symbol, stack):
        self.name = symbol.name
        self.start = symbol.value
        self.end = symbol.value + symbol.size
        self.stack = stack   # bytes below its return address, None if not known
        self.calls = []      # (is a jump, Function | kernel symbol | INDIRECT)


class Code:
    def __init__(self, elf, tools, readable):
        self._readable = readable
        sizes = elf.stack_sizes()
        self.functions = {}  # by address; an alias is the same function
        self.by_name = {}
        for symbol in elf.symbols:
            if symbol.type == STT_FUNC and symbol.section != SHN_UNDEF:
                function = self.functions.get(symbol.value)
                if function is None:
                    function = self.functions[symbol.value] = Function(symbol, sizes.get(symbol.value))
                self.by_name[symbol.name] = function
        self._starts = sorted(self.functions)

        imports = {}  # kernel symbol by the place that refers to it
        for section in elf.sections:
            if section.flags & SHF_EXECINSTR:
                for relocation in elf.relocations(section):
                    if relocation.symbol.section == SHN_UNDEF and relocation.symbol.name:
                        imports[relocation.offset] = relocation.symbol.name
        self.imports = set(imports.values())

        listing = subprocess.run([f"{tools['LLVM_BIN']}/llvm-objdump", "-d", "--section=.text", "--no-show-raw-insn", elf.path],
                                 stdout=subprocess.PIPE, text=True, check=True).stdout
        for line in listing.splitlines():
            if match := BRANCH.match(line):
                self._branch(imports, line, *match.groups())
            elif VECTOR.search(line):
                caller = self.at(int(line.partition(":")[0], 16))
                fail(f"{self._name(caller)} uses floating point or vector registers, which belong to user space: "
                     f"{line.strip()}: remove target features and assembly that use them")

    def at(self, address):
        """The function that an address lies in, or None."""
        index = bisect.bisect_right(self._starts, address) - 1
        function = self.functions[self._starts[index]] if index >= 0 else None
        return function if function and address < function.end else None

    def _name(self, function):
        return f"'{self._readable[function.name]}'"

    def _branch(self, imports, line, place, kind, star, target):
        place = int(place, 16)
        caller = self.at(place)
        if caller is None:
            fail(f"code at {place:#x} belongs to no function: {line.strip()}")
        # The displacement follows an opcode of one byte or two, and a prefix.
        symbol = imports.get(place + 1) or imports.get(place + 2) or imports.get(place + 3)
        if symbol == RETURN_THUNK:
            return
        if symbol is not None:
            callee = INDIRECT if symbol.startswith(INDIRECT_THUNK) else symbol
        elif kind == "ret" or star or target is None:
            fail(f"{self._name(caller)} has a return or an indirect branch without a thunk: {line.strip()}: "
                 "was it compiled by another compiler than rust/rexc?")
        else:
            callee = self.at(int(target, 16))
            if callee is caller and kind != "call":
                return
            if callee is None or callee.start != int(target, 16):
                fail(f"{self._name(caller)} branches into the middle of a function: {line.strip()}")
        caller.calls.append((kind != "call", callee))
