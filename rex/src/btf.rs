// SPDX-License-Identifier: GPL-2.0
//! Descriptions of maps' keys and values, by which tools show the fields of an entry.
//!
//! They are BTF, the kernel's own format for types (its documentation has a page on
//! it), made from what the compiler knows of a type while it evaluates constants.
//! librex hands them to libbpf.

use core::any::TypeId;
use core::mem::type_info::{Field, Type, TypeKind};

use crate::abi::c_string;

/// The types of one map; librex finds them in section `.rex.types`, one after the other.
#[repr(C)]
pub struct MapTypes<const N: usize> {
    name: [u8; 64],
    key: u32,
    value: u32,
    size: u32,
    btf: [u8; N],
}

impl<const N: usize> MapTypes<N> {
    /// The record of a map.
    pub const fn new(name: &str, description: &Description) -> Self {
        Self {
            name: c_string([0; 64], 0, name),
            key: description.key,
            value: description.value,
            size: N as u32,
            btf: description.encode(),
        }
    }
}

/// More than a key and a value need that anyone reads; beyond it a map has no description.
const BYTES_MAX: usize = 8192;
const FIELDS_MAX: usize = 64;

// Kinds of types, from the kernel's <uapi/linux/btf.h>.
const INT: u32 = 1;
const ARRAY: u32 = 3;
const STRUCT: u32 = 4;
const UNION: u32 = 5;
const FLOAT: u32 = 16;
const SIGNED: u32 = 1 << 24;
const MAGIC: u32 = 0xeb9f;
const VERSION: u32 = 1;
const HEADER_SIZE: u32 = 24;

/// BTF of a key and a value, and their numbers in it; the numbers are 0 if there is none.
pub struct Description {
    types: Bytes,
    strings: Bytes,
    count: u32,
    key: u32,
    value: u32,
}

struct Bytes {
    bytes: [u8; BYTES_MAX],
    len: usize,
}

impl Bytes {
    const fn new() -> Self {
        Self {
            bytes: [0; BYTES_MAX],
            len: 0,
        }
    }

    /// Counts on behind the end, so that it is seen that there was no room.
    const fn push(&mut self, byte: u8) {
        if self.len < BYTES_MAX {
            self.bytes[self.len] = byte;
        }
        self.len += 1;
    }

    const fn push_all(&mut self, bytes: &[u8]) {
        let mut i = 0;
        while i < bytes.len() {
            self.push(bytes[i]);
            i += 1;
        }
    }

    const fn word(&mut self, word: u32) {
        self.push_all(&word.to_le_bytes());
    }
}

impl Description {
    /// That there is none.
    pub const NONE: Self = Self {
        types: Bytes::new(),
        strings: Bytes::new(),
        count: 0,
        key: 0,
        value: 0,
    };

    /// Describes a map's key and value.
    pub const fn of<K: 'static, V: 'static>() -> Self {
        let mut made = Self::NONE;
        made.strings.push(0);
        made.key = made.add(TypeId::of::<K>());
        made.value = made.add(TypeId::of::<V>());
        if made.key == 0
            || made.value == 0
            || made.types.len > BYTES_MAX
            || made.strings.len > BYTES_MAX
        {
            return Self::NONE;
        }
        made
    }

    /// How many bytes it has: a multiple of 4.
    pub const fn size(&self) -> usize {
        if self.key == 0 {
            return 0;
        }
        (HEADER_SIZE as usize + self.types.len + self.strings.len).next_multiple_of(4)
    }

    const fn encode<const N: usize>(&self) -> [u8; N] {
        let (types, strings) = (self.types.len as u32, self.strings.len as u32);
        let header = [VERSION << 16 | MAGIC, HEADER_SIZE, 0, types, types, strings];
        let mut all = Bytes::new();
        let mut out = [0; N];
        if N == 0 {
            return out;
        }
        let mut i = 0;
        while i < header.len() {
            all.word(header[i]);
            i += 1;
        }
        copy(&mut out, 0, &all.bytes, all.len);
        copy(&mut out, all.len, &self.types.bytes, self.types.len);
        copy(
            &mut out,
            all.len + self.types.len,
            &self.strings.bytes,
            self.strings.len,
        );
        out
    }

    /// Adds a type, and returns its number; 0 for one that can't be described.
    const fn add(&mut self, ty: TypeId) -> u32 {
        let Type {
            kind,
            size: Some(size),
            ..
        } = ty.info()
        else {
            return 0;
        };
        match kind {
            TypeKind::Int(int) => self.int(int.signed, int.bits),
            TypeKind::Float(float) => {
                let name = self.name(b'f', float.bits);
                self.record(name, FLOAT << 24, size as u32)
            }
            TypeKind::Array(array) => {
                let (element, index) = (self.add(array.element_ty), self.int(false, 32));
                if element == 0 {
                    return 0;
                }
                self.array(element, index, array.len)
            }
            TypeKind::Struct(it) => self.fields(STRUCT, it.fields, size),
            TypeKind::Tuple(it) => self.fields(STRUCT, it.fields, size),
            TypeKind::Union(it) => self.fields(UNION, it.fields, size),
            _ => 0,
        }
    }

    const fn int(&mut self, signed: bool, bits: u32) -> u32 {
        let name = self.name(if signed { b'i' } else { b'u' }, bits);
        let number = self.record(name, INT << 24, bits / 8);
        self.types.word(if signed { SIGNED } else { 0 } | bits);
        number
    }

    /// A struct or union without a name, which the compiler doesn't tell.
    ///
    /// Of its fields those that are numbers are described as such, and all else as bytes: the
    /// compiler can't be asked about them, since it fails itself on an array whose length
    /// is a constant with a name.
    const fn fields(&mut self, kind: u32, fields: &[Field], size: usize) -> u32 {
        if fields.len() > FIELDS_MAX {
            return 0;
        }
        // The kernel wants them in the order in which they lie.
        let (mut order, mut numbers, mut count) = ([0; FIELDS_MAX], [0; FIELDS_MAX], 0);
        let mut after = None;
        while let Some(next) = self::next(fields, after) {
            after = Some(next);
            let end = match self::next(fields, after) {
                Some(following) if kind == STRUCT => fields[following].offset,
                _ => size,
            };
            let room = end - fields[next].offset;
            // What takes no room is not part of it.
            if room == 0 {
                continue;
            }
            numbers[count] = if is_number(fields[next].ty) {
                self.add(fields[next].ty)
            } else {
                self.bytes(room)
            };
            order[count] = next;
            count += 1;
        }
        let number = self.record(0, kind << 24 | count as u32, size as u32);
        let mut i = 0;
        while i < count {
            let field = &fields[order[i]];
            let name = self.field_name(field.name.as_bytes());
            self.types.word(name);
            self.types.word(numbers[i]);
            self.types.word(field.offset as u32 * 8);
            i += 1;
        }
        number
    }

    const fn bytes(&mut self, len: usize) -> u32 {
        let (element, index) = (self.int(false, 8), self.int(false, 32));
        self.array(element, index, len)
    }

    const fn array(&mut self, element: u32, index: u32, len: usize) -> u32 {
        let number = self.record(0, ARRAY << 24, 0);
        self.types.word(element);
        self.types.word(index);
        self.types.word(len as u32);
        number
    }

    /// The start of each record: a name, what kind it is, its size.
    const fn record(&mut self, name: u32, info: u32, size: u32) -> u32 {
        self.types.word(name);
        self.types.word(info);
        self.types.word(size);
        self.count += 1;
        self.count
    }

    /// The name of a field: fields of tuples, which are numbers, get an underscore.
    const fn field_name(&mut self, name: &[u8]) -> u32 {
        let at = self.strings.len as u32;
        if name[0].is_ascii_digit() {
            self.strings.push(b'_');
        }
        self.strings.push_all(name);
        self.strings.push(0);
        at
    }

    /// The name of a number, such as `u64`.
    const fn name(&mut self, letter: u8, bits: u32) -> u32 {
        let at = self.strings.len as u32;
        self.strings.push(letter);
        let mut place = 100;
        while place > 0 {
            if bits >= place {
                self.strings.push(b'0' + (bits / place % 10) as u8);
            }
            place /= 10;
        }
        self.strings.push(0);
        at
    }
}

/// The types that the compiler is asked about where they are fields.
const NUMBERS: [TypeId; 12] = [
    TypeId::of::<u8>(),
    TypeId::of::<u16>(),
    TypeId::of::<u32>(),
    TypeId::of::<u64>(),
    TypeId::of::<u128>(),
    TypeId::of::<i8>(),
    TypeId::of::<i16>(),
    TypeId::of::<i32>(),
    TypeId::of::<i64>(),
    TypeId::of::<i128>(),
    TypeId::of::<f32>(),
    TypeId::of::<f64>(),
];

const fn is_number(ty: TypeId) -> bool {
    let mut i = 0;
    while i < NUMBERS.len() {
        if NUMBERS[i] == ty {
            return true;
        }
        i += 1;
    }
    false
}

/// The field that comes behind another one, or first: by offset, then by number.
const fn next(fields: &[Field], after: Option<usize>) -> Option<usize> {
    let (mut found, mut i) = (None, 0);
    while i < fields.len() {
        let behind = match after {
            None => true,
            Some(after) => lies_before(fields, after, i),
        };
        let nearer = match found {
            None => true,
            Some(found) => lies_before(fields, i, found),
        };
        if behind && nearer {
            found = Some(i);
        }
        i += 1;
    }
    found
}

const fn lies_before(fields: &[Field], one: usize, other: usize) -> bool {
    let (at, other_at) = (fields[one].offset, fields[other].offset);
    at < other_at || at == other_at && one < other
}

const fn copy(to: &mut [u8], at: usize, from: &[u8], len: usize) {
    let mut i = 0;
    while i < len {
        to[at + i] = from[i];
        i += 1;
    }
}
