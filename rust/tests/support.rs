// SPDX-License-Identifier: GPL-2.0
//! The least that an object needs, without the rex crate.

use core::ffi::c_void;
use core::fmt::{self, Write};
use core::panic::PanicInfo;

unsafe extern "C" {
    pub fn rex_trace_printk(text: *const u8, len: u32) -> i32;
    pub fn bpf_get_smp_processor_id() -> u64;
    pub fn bpf_get_current_pid_tgid() -> u64;
    pub fn bpf_ktime_get_ns() -> u64;
    fn rex_panic_begin();
    fn rex_panic(
        message: *const u8,
        len: u32,
        file: *const u8,
        file_len: u32,
        line: u32,
        column: u32,
    ) -> !;
}

#[repr(C)]
pub struct Descriptor {
    pub name: [u8; 64],
    pub section: [u8; 128],
    pub prog_type: u32,
    pub expected_attach_type: u32,
    pub ctx_size: u32,
    pub flags: u32,
    pub entry: extern "C" fn(*mut c_void) -> u32,
}

pub const fn padded<const N: usize>(text: &str) -> [u8; N] {
    let mut bytes = [0; N];
    let mut i = 0;
    while i < text.len() {
        bytes[i] = text.as_bytes()[i];
        i += 1;
    }
    bytes
}

// BPF_PROG_TYPE_*
pub const KPROBE: u32 = 2;
pub const SCHED_CLS: u32 = 3;
pub const TRACEPOINT: u32 = 5;
pub const XDP: u32 = 6;
pub const PERF_EVENT: u32 = 7;

/// Makes a program of a function `fn(u64) -> u64`; one for kprobes, where no type is given.
#[macro_export]
macro_rules! program {
    ($function:ident) => {
        program!($function, stringify!($function));
    };
    ($function:ident, $name:expr) => {
        program!($function, $name, support::KPROBE);
    };
    ($function:ident, $name:expr, $type:expr) => {
        const _: () = {
            extern "C" fn entry(ctx: *mut core::ffi::c_void) -> u32 {
                $function(ctx as u64) as u32
            }
            #[used]
            #[unsafe(link_section = ".rex.progs")]
            static DESCRIPTOR: support::Descriptor = support::Descriptor {
                name: support::padded($name),
                section: support::padded("kprobe"),
                prog_type: $type,
                expected_attach_type: 0,
                ctx_size: 0,
                flags: 0,
                entry,
            };
        };
    };
}

pub struct Line {
    bytes: [u8; 256],
    len: usize,
}

impl Line {
    pub const fn new() -> Self {
        Line {
            bytes: [0; 256],
            len: 0,
        }
    }
}

impl Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            *self.bytes[..255].get_mut(self.len).ok_or(fmt::Error)? = byte;
            self.len += 1;
        }
        Ok(())
    }
}

pub fn print(arguments: fmt::Arguments) {
    let mut line = Line::new();
    let _ = line.write_fmt(arguments);
    unsafe { rex_trace_printk(line.bytes.as_ptr(), line.len as u32 + 1) };
}

#[panic_handler]
#[inline(never)]
fn panic(info: &PanicInfo) -> ! {
    unsafe { rex_panic_begin() };
    let mut line = Line::new();
    let _ = write!(line, "{}", info.message());
    let place = info.location().unwrap();
    let file = place.file();
    unsafe {
        rex_panic(
            line.bytes.as_ptr(),
            line.len as u32,
            file.as_ptr(),
            file.len() as u32,
            place.line(),
            place.column(),
        )
    }
}
