// SPDX-License-Identifier: GPL-2.0
//! Where the fields of kernel structures lie, in the kernel that this is built for.
//!
//! The build script reads the generated part from the built kernel, whose
//! `kernel/rex/layout.def` lists the fields. An extension carries the same numbers in
//! its build note, and a kernel in which one differs refuses it.

use core::ptr::NonNull;

use crate::plain::PlainData;

/// A field of a kernel structure.
#[derive(Clone, Copy)]
pub struct Field {
    offset: usize,
    size: usize,
}

impl Field {
    /// The offset of the field, which is a `T`.
    pub const fn holding<T>(self) -> usize {
        assert!(
            size_of::<T>() == self.size,
            "the field has another size in this kernel"
        );
        assert!(
            self.offset.is_multiple_of(align_of::<T>()),
            "the field is not aligned"
        );
        self.offset
    }

    /// The offset of the byte that bit-fields start in.
    pub const fn marking(self) -> usize {
        assert!(self.size == 0, "the field has a size of its own");
        self.offset
    }
}

/// Reads a field, which others can change at any time.
///
/// # Safety
///
/// A `T` is at `offset` in the structure, which is alive.
pub unsafe fn read<S, T: PlainData>(base: NonNull<S>, offset: usize) -> T {
    // SAFETY: the caller says that the field is there.
    let field = unsafe { base.byte_add(offset).cast::<T>() };
    // SAFETY: the same; fields are aligned, and any bytes are a `T`.
    unsafe { field.read_volatile() }
}

/// Writes a field.
///
/// # Safety
///
/// A `T` is at `offset` in the structure, which is alive, and programs may write it.
pub unsafe fn write<S, T: PlainData>(base: NonNull<S>, offset: usize, value: T) {
    // SAFETY: the caller says that the field is there.
    let field = unsafe { base.byte_add(offset).cast::<T>() };
    // SAFETY: the same; fields are aligned.
    unsafe { field.write_volatile(value) };
}

/// Reads a pointer.
///
/// # Safety
///
/// A pointer to a `T`, or null, is at `offset` in the structure, which is alive.
pub unsafe fn pointer<S, T>(base: NonNull<S>, offset: usize) -> Option<NonNull<T>> {
    // SAFETY: the caller says that the field is there.
    let field = unsafe { base.byte_add(offset).cast::<*mut T>() };
    // SAFETY: the same; fields are aligned.
    NonNull::new(unsafe { field.read_volatile() })
}

include!(concat!(env!("OUT_DIR"), "/kernel_layout.rs"));
