# SPDX-License-Identifier: GPL-2.0
"""Reads what is needed of a linked 64-bit ELF file."""
import struct
from collections import namedtuple

Section = namedtuple("Section", "name type flags addr offset size link info entsize")
Symbol = namedtuple("Symbol", "name type section value size")
Relocation = namedtuple("Relocation", "offset type symbol addend")

SHT_SYMTAB, SHT_RELA = 2, 4
SHF_EXECINSTR = 4
SHN_UNDEF = 0
STT_FUNC = 2


def string_at(table, offset):
    return table[offset:table.index(b"\0", offset)].decode()


class Elf:
    def __init__(self, path):
        self.path = path
        with open(path, "rb") as file:
            self.bytes = file.read()
        header = struct.unpack_from("<16sHHIQQQIHHHHHH", self.bytes)
        offset, count, names = header[6], header[12], header[13]
        raw = [struct.unpack_from("<IIQQQQIIQQ", self.bytes, offset + 64 * i) for i in range(count)]
        strings = self.bytes[raw[names][4]:][:raw[names][5]]
        self.sections = [Section(string_at(strings, r[0]), *r[1:8], r[9]) for r in raw]
        self.symbols = self._symbols()

    def section(self, name):
        return next((s for s in self.sections if s.name == name), None)

    def data(self, section):
        return self.bytes[section.offset:section.offset + section.size]

    def _symbols(self):
        table = next(s for s in self.sections if s.type == SHT_SYMTAB)
        strings = self.data(self.sections[table.link])
        return [Symbol(string_at(strings, name), info & 15, shndx, value, size)
                for name, info, _, shndx, value, size in struct.iter_unpack("<IBBHQQ", self.data(table))]

    def relocations(self, section):
        """Those that --emit-relocs kept for a section."""
        index = self.sections.index(section)
        for table in self.sections:
            if table.type == SHT_RELA and table.info == index and not table.flags & 2:
                for offset, info, addend in struct.iter_unpack("<QQq", self.data(table)):
                    yield Relocation(offset, info & 0xffffffff, self.symbols[info >> 32], addend)

    def stack_sizes(self):
        """Bytes of stack each function takes below its return address, by address."""
        sizes = {}
        for section in self.sections:
            if section.name == ".stack_sizes":
                data, at = self.data(section), 0
                while at < len(data):
                    (address,) = struct.unpack_from("<Q", data, at)
                    sizes[address], at = uleb128(data, at + 8)
        return sizes


def uleb128(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7f) << shift
        shift += 7
        if byte < 0x80:
            return value, at
