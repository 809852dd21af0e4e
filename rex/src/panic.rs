// SPDX-License-Identifier: GPL-2.0
//! The end of a program that panics.

use core::fmt;
use core::panic::PanicInfo;

use crate::ffi;
use crate::text::Text;

/// As much of the message as the kernel prints.
const MESSAGE_MAX: usize = 512;

/// Formats the message and leaves the program through the kernel's landing pad.
///
/// Never inlined: the compiler's stack check ends where this is called, since the
/// kernel keeps a part of the stack for it.
#[panic_handler]
#[inline(never)]
fn panic(info: &PanicInfo<'_>) -> ! {
    // From here on the stack's reserve may be used; a panic from below here, such as
    // in a `Display`, ends the program in this call.
    ffi::rex_panic_begin();

    let mut text = Text::<{ MESSAGE_MAX + 1 }>::new();
    let message = match text.format(format_args!("{}", info.message())) {
        Ok(()) => text.as_bytes(),
        Err(fmt::Error) => b"(the panic's message could not be formatted)",
    };
    let (file, line, column) = info
        .location()
        .map_or(("", 0, 0), |at| (at.file(), at.line(), at.column()));
    // SAFETY: pointers and lengths are of live slices; the kernel copies what it prints.
    unsafe {
        ffi::rex_panic(
            message.as_ptr(),
            message.len() as u32,
            file.as_ptr(),
            file.len() as u32,
            line,
            column,
        )
    }
}
