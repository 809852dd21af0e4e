// SPDX-License-Identifier: GPL-2.0
//! Lines in the trace buffer.

use core::ffi::c_int;
use core::fmt;

use crate::ffi;
use crate::linux::errno::EINVAL;
use crate::text::Text;
use crate::utils::{Result, to_result};

/// The kernel takes lines of up to 512 bytes, with the NUL.
const LINE_MAX: usize = 512;

/// Prints a line to the trace buffer, formatted as by `format!`.
///
/// The line appears in `/sys/kernel/tracing/trace_pipe`. What is longer than 511
/// bytes is cut and ends in `...`. The value is a [`Result`] with the length of the
/// line.
///
/// ```ignore
/// rex_printk!("Rust triggered from PID {}.\n", pid)?;
/// ```
///
/// If the crate's feature `printk` is off, which is on by default, there is no code for
/// it: nothing is printed, the arguments are not evaluated, and the value is `Ok(0)`.
///
/// # Errors
///
/// `-EINVAL` if a `Display` or `Debug` of an argument fails.
#[macro_export]
macro_rules! rex_printk {
    ($($arg:tt)*) => {{
        if $crate::PRINTK {
            $crate::rex_trace_printk(::core::format_args!($($arg)*))
        } else {
            $crate::Result::Ok(0)
        }
    }};
}

/// Whether lines are printed.
#[doc(hidden)]
pub const PRINTK: bool = cfg!(feature = "printk");

/// Prints a line to the trace buffer; [`rex_printk!`](crate::rex_printk) is the short way.
///
/// # Errors
///
/// `-EINVAL` if a `Display` or `Debug` of an argument fails.
pub fn rex_trace_printk(arguments: fmt::Arguments<'_>) -> Result {
    if !PRINTK {
        return Ok(0);
    }
    let mut text = Text::<LINE_MAX>::new();
    text.format(arguments)
        .map_err(|fmt::Error| -(EINVAL as c_int))?;
    let line = text.as_bytes_with_nul();
    // SAFETY: `line` is live, `line.len()` bytes long, at most `LINE_MAX`, and ends in a NUL.
    to_result!(unsafe { ffi::rex_trace_printk(line.as_ptr(), line.len() as u32) })
}
