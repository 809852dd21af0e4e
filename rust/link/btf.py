# SPDX-License-Identifier: GPL-2.0
"""Section .rex.types: maps' keys and values in BTF, by which tools show the fields of an entry.

BTF is the kernel's own format for types, and its documentation has a page on it. The
types are those of the debug info. A map without them has no description, and tools
show bytes.
"""
import re
import struct

import dwarf

NAME_SIZE = 64  # the kernel's REX_NAME_LEN
MAP = "RexMapHandle<"

# From the kernel's <uapi/linux/btf.h>.
MAGIC, VERSION, HEADER_SIZE = 0xeb9f, 1, 24
INT, ARRAY, STRUCT, UNION, FLOAT = 1, 3, 4, 5, 16
SIGNED = 1 << 24

# From the DWARF standard: how the bits of a number are read.
ENCODED_FLOAT, ENCODED_SIGNED, ENCODED_UNSIGNED = (4,), (5, 6), (7, 8)


class NoDescription(Exception):
    """A type that is none of numbers, arrays, structs and unions."""


def array_shape(entry):
    """Lengths of an array of arrays, the outermost first."""
    return [part[dwarf.COUNT] for part in entry.those(dwarf.SUBRANGE_TYPE)]


class Types:
    """Types, and their numbers in BTF: from 1, in the order in which they are added."""

    def __init__(self, debug):
        self._debug = debug
        self._numbers = {}
        self._records = []
        self._strings = b"\0"

    def encoded(self):
        """A header, types and strings: a multiple of 4 bytes."""
        records, strings = b"".join(self._records), self._strings + b"\0" * (-len(self._strings) % 4)
        header = struct.pack("<HBBIIIII", MAGIC, VERSION, 0, HEADER_SIZE, 0, len(records), len(records), len(strings))
        return header + records + strings

    def add(self, entry):
        """The number of a type, which is added with all that it is made of."""
        if entry is None:
            raise NoDescription
        if entry.at not in self._numbers:
            self._numbers[entry.at] = self._add_new(entry)
        return self._numbers[entry.at]

    def _add_new(self, entry):
        if entry.those(dwarf.VARIANT_PART):
            raise NoDescription
        if entry.tag == dwarf.BASE_TYPE:
            return self._add_number(entry[dwarf.NAME], entry[dwarf.BYTE_SIZE], entry[dwarf.ENCODING])
        if entry.tag == dwarf.ARRAY_TYPE:
            return self._add_array(entry)
        if entry.tag == dwarf.STRUCTURE_TYPE:
            return self._add_fields(STRUCT, entry)
        if entry.tag == dwarf.UNION_TYPE:
            return self._add_fields(UNION, entry)
        raise NoDescription

    def _add_number(self, name, size, encoding):
        if encoding in ENCODED_FLOAT:
            return self._record(name, FLOAT, 0, size)
        # The type () has no size: maps without keys have such keys.
        if not size or encoding not in ENCODED_SIGNED + ENCODED_UNSIGNED:
            raise NoDescription
        return self._record(name, INT, 0, size, (SIGNED if encoding in ENCODED_SIGNED else 0) | 8 * size)

    def _add_array(self, entry):
        number = self.add(self._debug.type_of(entry))
        index = self._add_number("u32", 4, ENCODED_UNSIGNED[0])
        for length in reversed(array_shape(entry)):
            number = self._record("", ARRAY, 0, 0, number, index, length)
        return number

    def _add_fields(self, kind, entry):
        """A struct or union without its name: some names mean something to the kernel, such as bpf_timer."""
        fields = []
        for field in sorted(entry.those(dwarf.MEMBER), key=lambda field: field[dwarf.MEMBER_OFFSET] or 0):
            of = self._debug.type_of(field)
            # What takes no room is not part of it.
            if self._size(of):
                fields += [self._string(field[dwarf.NAME]), self.add(of), 8 * (field[dwarf.MEMBER_OFFSET] or 0)]
        return self._record("", kind, len(fields) // 3, entry[dwarf.BYTE_SIZE], *fields)

    def _size(self, entry):
        if entry is None:
            raise NoDescription
        if entry.tag != dwarf.ARRAY_TYPE:
            return entry[dwarf.BYTE_SIZE]
        size = self._size(self._debug.type_of(entry))
        for length in array_shape(entry):
            size *= length
        return size

    def _record(self, name, kind, count, *rest):
        self._records.append(struct.pack(f"<{2 + len(rest)}I", self._string(name), kind << 24 | count, *rest))
        return len(self._records)

    def _string(self, text):
        """The place of a name, made one that C takes."""
        if not text:
            return 0
        at = len(self._strings)
        self._strings += re.sub(r"\W+", "_", text, flags=re.ASCII).encode() + b"\0"
        return at


def map_section(elf):
    """struct rex_map_types for each map whose types are known."""
    debug = dwarf.Dwarf(elf)
    section = b""
    for entry in debug.entries.values():
        if entry.tag != dwarf.VARIABLE:
            continue
        of = debug.type_of(entry)
        if of is None or not (of[dwarf.NAME] or "").startswith(MAP):
            continue
        types = Types(debug)
        try:
            key, value = (types.add(debug.type_of(parameter)) for parameter in of.those(dwarf.TEMPLATE_TYPE_PARAMETER))
        except NoDescription:
            continue
        name, btf = entry[dwarf.NAME].removeprefix("r#").encode(), types.encoded()
        section += struct.pack(f"<{NAME_SIZE}sIII", name, key, value, len(btf)) + btf
    return section
