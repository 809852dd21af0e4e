// SPDX-License-Identifier: GPL-2.0
//! Small things that programs use.

mod aligned;
mod bytes;
mod endian;

pub use aligned::{Aligned, AlignedMut};
pub use bytes::{
    convert_slice_to_struct, convert_slice_to_struct_mut, read_at, struct_at, struct_at_mut,
};
pub use endian::u16be;

pub use crate::helpers::{PerfEventMaskedCPU, PerfEventStreamer};
pub use crate::plain::NoRef;
pub use crate::{read_field, to_result};

use core::ffi::c_int;

/// A program's verdict, or a helper's return value.
///
/// `Err` holds what the kernel returned, a negative errno in most cases. Returned
/// from a program it is the verdict, as `Ok` is.
pub type Result = core::result::Result<c_int, c_int>;

/// What makes a type belong to the invocation that it was made in: not [`Send`], not
/// [`Sync`], not [plain data](crate::plain).
pub(crate) type OneInvocation = core::marker::PhantomData<*mut ()>;

/// Turns a kernel function's return value into a [`Result`]: negative is `Err`.
#[macro_export]
macro_rules! to_result {
    ($value:expr) => {{
        let value = $value as ::core::ffi::c_int;
        if value < 0 {
            $crate::Result::Err(value)
        } else {
            $crate::Result::Ok(value)
        }
    }};
}

/// Reads one field of a header that lies somewhere in a byte slice.
///
/// `read_field!(slice, base, hdr, field, ty)` is the `ty` that is field `field` of a
/// `hdr` which starts `base` bytes into `slice`, as it is there (network byte order
/// stays). The slice need not hold the whole header.
///
/// # Panics
///
/// If the slice ends before the field does.
#[macro_export]
macro_rules! read_field {
    ($slice:expr, $base:expr, $header:ty, $field:ident, $ty:ty) => {
        $crate::utils::read_at::<$ty>(
            &$slice[..],
            $base + ::core::mem::offset_of!($header, $field),
        )
    };
}
