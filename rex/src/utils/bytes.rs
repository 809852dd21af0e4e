// SPDX-License-Identifier: GPL-2.0
//! Structs in byte slices.

use super::{Aligned, AlignedMut};
use crate::plain::{PlainBytes, PlainData};

/// The start of a byte slice as a `T`.
///
/// # Panics
///
/// If the slice is shorter than a `T`.
pub fn convert_slice_to_struct<T: PlainData>(slice: &[u8]) -> Aligned<'_, T> {
    Aligned::new(slice)
}

/// The start of a byte slice as a `T` that can be changed in place.
///
/// # Panics
///
/// If the slice is shorter than a `T`.
pub fn convert_slice_to_struct_mut<T: PlainBytes>(slice: &mut [u8]) -> AlignedMut<'_, T> {
    AlignedMut::new(slice)
}

/// The `T` that starts `offset` bytes into a byte slice, if all of it is there.
pub fn struct_at<T: PlainData>(slice: &[u8], offset: usize) -> Option<Aligned<'_, T>> {
    let bytes = slice.get(offset..)?;
    (bytes.len() >= size_of::<T>()).then(|| Aligned::new(bytes))
}

/// The `T` that starts `offset` bytes into a byte slice and can be changed in place, if all
/// of it is there.
pub fn struct_at_mut<T: PlainBytes>(slice: &mut [u8], offset: usize) -> Option<AlignedMut<'_, T>> {
    let bytes = slice.get_mut(offset..)?;
    (bytes.len() >= size_of::<T>()).then(|| AlignedMut::new(bytes))
}

/// The `T` that starts `offset` bytes into a byte slice.
///
/// # Panics
///
/// If the slice ends before the `T` does.
pub fn read_at<T: PlainData>(slice: &[u8], offset: usize) -> T {
    *convert_slice_to_struct::<T>(slice.get(offset..).unwrap_or_default())
}

/// The bytes of a `T` at the start of a slice.
pub(super) fn start<T>(slice: &[u8]) -> &[u8] {
    slice
        .get(..size_of::<T>())
        .unwrap_or_else(|| too_short(slice.len(), size_of::<T>()))
}

/// The same, mutable.
pub(super) fn start_mut<T>(slice: &mut [u8]) -> &mut [u8] {
    let len = slice.len();
    slice
        .get_mut(..size_of::<T>())
        .unwrap_or_else(|| too_short(len, size_of::<T>()))
}

fn too_short(have: usize, need: usize) -> ! {
    panic!("a slice of {have} bytes is too short for a struct of {need}")
}
