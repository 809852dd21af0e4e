// SPDX-License-Identifier: GPL-2.0
//! Text in the kernel's own formats.

use super::Helpers;
use crate::ffi;
use crate::linux::errno::E2BIG;
use crate::text::copy;
use crate::utils::{Result, to_result};

/// The longest format, with its NUL.
const FORMAT_MAX: usize = 256;

/// The kernel's `MAX_BPRINTF_VARARGS`.
const ARGUMENTS_MAX: usize = 12;

impl Helpers {
    /// Formats numbers and strings as the kernel's `snprintf()` does.
    ///
    /// It knows formats that Rust's macros don't, such as `%ps`, the name of the function
    /// at an address; bpf-helpers(7) lists them. Each takes one word of `args`; `%s` the
    /// address of a string in the kernel's memory, `%pks` and `%pus` say in which. Text
    /// that doesn't fit `buf` is cut; it ends in a NUL in any case.
    ///
    /// The value is the number of bytes that all of the text takes, its NUL included.
    ///
    /// # Errors
    ///
    /// `-EINVAL` for a format that the kernel doesn't know or that takes more than `args`
    /// has, `-ENOSPC` if the arguments are too long, `-E2BIG` if the format is longer
    /// than 255 bytes, `-EBUSY` if too many programs that interrupt each other format text.
    pub fn bpf_snprintf<const N: usize, const M: usize>(
        &self,
        buf: &mut [u8; N],
        format: &str,
        args: &[u64; M],
    ) -> Result {
        const { assert!(N > 0, "text needs room for its NUL") };
        const {
            assert!(
                M <= ARGUMENTS_MAX,
                "bpf_snprintf takes at most 12 arguments"
            )
        };
        // The kernel wants a NUL, which a `str` has none of.
        let mut terminated = [0; FORMAT_MAX];
        if copy(&mut terminated, format.as_bytes()) == FORMAT_MAX {
            return Err(-(E2BIG as i32));
        }
        // SAFETY: buffers are live and as long as is said, the format ends in a NUL; the
        // kernel takes faults where an argument is used as an address.
        to_result!(unsafe {
            ffi::bpf_snprintf(
                buf.as_mut_ptr().cast(),
                N as u64,
                terminated.as_ptr().cast(),
                args.as_ptr(),
                size_of_val(args) as u64,
            )
        })
    }
}
