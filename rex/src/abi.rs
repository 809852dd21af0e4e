// SPDX-License-Identifier: GPL-2.0
//! What an object file tells the kernel and librex: its programs, maps and licence.
//!
//! The layouts are those of `struct rex_prog_desc`, `struct rex_map_desc` and
//! `struct rex_map_handle` in the kernel's `<uapi/linux/rex.h>`.

use core::ffi::c_void;

use crate::map::{Handle, RexMapHandle};
use crate::program::Program;

/// The function that the kernel calls to run a program: context in, verdict out.
pub type Entry = extern "C" fn(*mut c_void) -> u32;

/// A program of the object; the kernel finds it in section `.rex.progs`.
#[repr(C)]
pub struct ProgDesc {
    name: [u8; 64],
    section: [u8; 128],
    prog_type: u32,
    expected_attach_type: u32,
    ctx_size: u32,
    flags: u32,
    entry: Entry,
}

const _: () = assert!(size_of::<ProgDesc>() == 216);

impl ProgDesc {
    /// Describes a program: `target` is what follows the slash in its section, or empty.
    pub const fn new<P: Program<A>, A>(name: &str, target: &str, entry: Entry) -> Self {
        let section = c_string([0; 128], 0, P::SECTION);
        let section = if target.is_empty() {
            section
        } else {
            let slash = c_string(section, P::SECTION.len(), "/");
            c_string(slash, P::SECTION.len() + 1, target)
        };
        Self {
            name: c_string([0; 64], 0, name),
            section,
            prog_type: P::TYPE,
            expected_attach_type: P::ATTACH_TYPE,
            ctx_size: P::CONTEXT_SIZE,
            flags: P::FLAGS,
            entry,
        }
    }
}

/// A map of the object; the kernel and librex find it in section `.rex.maps`.
#[repr(C)]
pub struct MapDesc {
    name: [u8; 64],
    handle: &'static Handle,
}

const _: () = assert!(size_of::<MapDesc>() == 72);

impl MapDesc {
    /// Describes a map.
    pub const fn new<const MT: u32, K, V>(
        name: &str,
        map: &'static RexMapHandle<MT, K, V>,
    ) -> Self {
        Self {
            name: c_string([0; 64], 0, name),
            handle: map.handle(),
        }
    }
}

/// `array` with `text` at `at`, and a NUL left behind it.
pub(crate) const fn c_string<const N: usize>(mut array: [u8; N], at: usize, text: &str) -> [u8; N] {
    assert!(
        at + text.len() < N,
        "the name of the function to attach to is too long: a section's name has 127 bytes"
    );
    let mut i = 0;
    while i < text.len() {
        array[at + i] = text.as_bytes()[i];
        i += 1;
    }
    array
}

/// The kernel's own functions are for GPL programs.
#[cfg(target_os = "none")]
#[used]
#[unsafe(link_section = "license")]
static LICENSE: [u8; 4] = *b"GPL\0";
