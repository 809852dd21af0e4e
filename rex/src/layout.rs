// SPDX-License-Identifier: GPL-2.0
//! Where the fields of kernel structures lie, in the kernel that this is built for.
//!
//! The build script reads the generated part from the built kernel, whose
//! `kernel/rex/layout.def` lists the fields. An extension carries the same numbers in
//! its build note, and a kernel in which one differs refuses it.

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
}

include!(concat!(env!("OUT_DIR"), "/kernel_layout.rs"));
