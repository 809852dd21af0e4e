# SPDX-License-Identifier: GPL-2.0
"""Reads the compiler's description of statics and their types: DWARF 4, which target-flags asks for."""
import struct

from elf import string_at, uleb128

VERSION = 4

# Tags and attributes, by their numbers in the standard.
ARRAY_TYPE, MEMBER, STRUCTURE_TYPE, UNION_TYPE, SUBRANGE_TYPE, BASE_TYPE = 0x01, 0x0d, 0x13, 0x17, 0x21, 0x24
TEMPLATE_TYPE_PARAMETER, VARIANT_PART, VARIABLE = 0x2f, 0x33, 0x34
NAME, LOCATION, BYTE_SIZE, COUNT, MEMBER_OFFSET, ENCODING, TYPE = 0x03, 0x02, 0x0b, 0x37, 0x38, 0x3e, 0x49

# Forms of values: those of a fixed size, and those that have a length in front, of this size.
FIXED = {0x01: "Q", 0x05: "H", 0x06: "I", 0x07: "Q", 0x0b: "B", 0x0c: "B", 0x10: "I", 0x11: "B", 0x12: "H", 0x13: "I",
         0x14: "Q", 0x17: "I", 0x20: "Q"}
BLOCKS = {0x03: "H", 0x04: "I", 0x0a: "B"}
STRING, STRING_AT = 0x08, 0x0e
NUMBERS = (0x0f, 0x15)  # udata, ref_udata
SIGNED_NUMBER = 0x0d
LONG_BLOCKS = (0x09, 0x18)
PRESENT = 0x19
FROM_UNIT = (0x11, 0x12, 0x13, 0x14, 0x15)  # references within the unit


class Entry:
    """An entry of the description: its tag, {attribute: value}, and the entries in it."""

    def __init__(self, at, tag):
        self.at, self.tag, self.attributes, self.children = at, tag, {}, []

    def __getitem__(self, attribute):
        return self.attributes.get(attribute)

    def those(self, tag):
        return [child for child in self.children if child.tag == tag]


class Dwarf:
    """The entries of an ELF file, by their places; none where it has no description."""

    def __init__(self, elf):
        self.entries = {}
        self._info, self._abbreviations, self._strings = (self._section(elf, name)
                                                          for name in (".debug_info", ".debug_abbrev", ".debug_str"))
        at = 0
        while at < len(self._info):
            length, version, abbreviations, _ = struct.unpack_from("<IHIB", self._info, at)
            if version == VERSION:
                self._read_unit(at, at + 4 + length, self._read_abbreviations(abbreviations))
            at += 4 + length

    @staticmethod
    def _section(elf, name):
        section = elf.section(name)
        return elf.data(section) if section else b""

    def type_of(self, entry):
        return self.entries.get(entry[TYPE])

    def _read_abbreviations(self, at):
        """{code: (tag, whether it has children, [(attribute, form)])}"""
        found = {}
        while True:
            code, at = uleb128(self._abbreviations, at)
            if not code:
                return found
            tag, at = uleb128(self._abbreviations, at)
            has_children, attributes, at = self._abbreviations[at], [], at + 1
            while True:
                attribute, at = uleb128(self._abbreviations, at)
                form, at = uleb128(self._abbreviations, at)
                if not form:
                    break
                attributes.append((attribute, form))
            found[code] = tag, has_children, attributes

    def _read_unit(self, start, end, abbreviations):
        at, parents = start + 11, []
        while at < end:
            place = at
            code, at = uleb128(self._info, at)
            if not code:
                parents.pop()
                continue
            tag, has_children, attributes = abbreviations[code]
            entry = self.entries[place] = Entry(place, tag)
            for attribute, form in attributes:
                entry.attributes[attribute], at = self._read_value(form, at, start)
            if parents:
                parents[-1].children.append(entry)
            if has_children:
                parents.append(entry)

    def _read_value(self, form, at, unit):
        """(value, what follows)"""
        if form in FIXED:
            (value,) = struct.unpack_from(f"<{FIXED[form]}", self._info, at)
            at += struct.calcsize(FIXED[form])
        elif form in NUMBERS:
            value, at = uleb128(self._info, at)
        elif form == SIGNED_NUMBER:
            start = at
            value, at = uleb128(self._info, at)
            value -= (value >> 7 * (at - start) - 1) << 7 * (at - start)
        elif form == STRING:
            value = string_at(self._info, at)
            return value, at + len(value.encode()) + 1
        elif form == STRING_AT:
            return string_at(self._strings, struct.unpack_from("<I", self._info, at)[0]), at + 4
        elif form == PRESENT:
            return True, at
        elif form in BLOCKS or form in LONG_BLOCKS:
            length, at = uleb128(self._info, at) if form in LONG_BLOCKS else self._read_fixed(BLOCKS[form], at)
            return self._info[at:at + length], at + length
        else:
            raise ValueError(f"DWARF form {form:#x}")
        return value + unit if form in FROM_UNIT else value, at

    def _read_fixed(self, layout, at):
        return struct.unpack_from(f"<{layout}", self._info, at)[0], at + struct.calcsize(layout)
