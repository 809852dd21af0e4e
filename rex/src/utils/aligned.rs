// SPDX-License-Identifier: GPL-2.0
//! Views of bytes as a struct, whatever their alignment.

use core::ops::{Deref, DerefMut};

use crate::plain::{PlainBytes, PlainData};

/// A `T` that lies in a byte slice: the bytes themselves where their alignment
/// allows, else a copy.
pub struct Aligned<'a, T>(Place<&'a T, T>);

/// A `T` that lies in a mutable byte slice: the bytes themselves where their
/// alignment allows, else a copy that is written back when this is dropped.
pub struct AlignedMut<'a, T: PlainBytes>(Place<&'a mut T, Copied<'a, T>>);

enum Place<There, Here> {
    There(There),
    Here(Here),
}

struct Copied<'a, T: PlainBytes> {
    value: T,
    origin: &'a mut [u8],
}

impl<T: PlainBytes> Drop for Copied<'_, T> {
    fn drop(&mut self) {
        // SAFETY: `origin` has the size of a `T`, and all bytes of a `T` are initialised.
        unsafe {
            self.origin
                .as_mut_ptr()
                .cast::<T>()
                .write_unaligned(self.value)
        };
    }
}

impl<'a, T: PlainData> Aligned<'a, T> {
    /// The start of `bytes`, which are at least as many as a `T` has.
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        let pointer = super::bytes::start::<T>(bytes).as_ptr().cast::<T>();
        Self(if pointer.is_aligned() {
            // SAFETY: aligned, long enough, borrowed for 'a, and any bytes are a `T`.
            Place::There(unsafe { &*pointer })
        } else {
            // SAFETY: long enough, and any bytes are a `T`.
            Place::Here(unsafe { pointer.read_unaligned() })
        })
    }
}

impl<'a, T: PlainBytes> AlignedMut<'a, T> {
    /// The start of `bytes`, which are at least as many as a `T` has.
    pub(super) fn new(bytes: &'a mut [u8]) -> Self {
        let origin = super::bytes::start_mut::<T>(bytes);
        let pointer = origin.as_mut_ptr().cast::<T>();
        Self(if pointer.is_aligned() {
            // SAFETY: aligned, long enough, borrowed for 'a alone; any bytes are a `T`
            // and any `T` leaves initialised bytes.
            Place::There(unsafe { &mut *pointer })
        } else {
            // SAFETY: long enough, and any bytes are a `T`.
            let value = unsafe { pointer.read_unaligned() };
            Place::Here(Copied { value, origin })
        })
    }
}

impl<T> Deref for Aligned<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        match &self.0 {
            Place::There(value) => value,
            Place::Here(value) => value,
        }
    }
}

impl<T: PlainBytes> Deref for AlignedMut<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        match &self.0 {
            Place::There(value) => value,
            Place::Here(copied) => &copied.value,
        }
    }
}

impl<T: PlainBytes> DerefMut for AlignedMut<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        match &mut self.0 {
            Place::There(value) => value,
            Place::Here(copied) => &mut copied.value,
        }
    }
}
