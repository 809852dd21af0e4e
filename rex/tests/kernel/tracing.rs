// SPDX-License-Identifier: GPL-2.0
//! What programs that trace call: memory, stack traces, perf events, signals.

use std::cell::RefCell;
use std::ffi::{c_char, c_void};

use rex::linux::errno::{EFAULT, EINVAL, ENOENT};

use super::{Map, bytes, error};

/// A call of a helper that gets the program's context.
#[derive(Debug, PartialEq)]
pub struct Call {
    pub helper: &'static str,
    pub context: *const c_void,
    pub flags: u64,
}

thread_local! {
    static CALLS: RefCell<Vec<Call>> = const { RefCell::new(Vec::new()) };
    static RECORDS: RefCell<Vec<(u64, Vec<u8>)>> = const { RefCell::new(Vec::new()) };
}

/// The calls with a context since this was last asked.
pub fn calls() -> Vec<Call> {
    CALLS.take()
}

/// Where perf events' records went, by the flags, and their bytes.
pub fn perf_records() -> Vec<(u64, Vec<u8>)> {
    RECORDS.take()
}

fn called(helper: &'static str, context: *const c_void, flags: u64) {
    CALLS.with_borrow_mut(|calls| {
        calls.push(Call {
            helper,
            context,
            flags,
        });
    });
}

unsafe fn copy(dst: *mut c_void, size: u64, from: *const c_void) -> u64 {
    if from.is_null() {
        dst.cast::<u8>().write_bytes(0, size as usize);
        return error(EFAULT);
    }
    dst.cast::<u8>().copy_from(from.cast(), size as usize);
    0
}

unsafe fn copy_string(dst: *mut c_void, size: u64, from: *const c_void) -> u64 {
    if from.is_null() {
        return copy(dst, size, from);
    }
    let Some(last) = size.checked_sub(1) else {
        return 0;
    };
    let text = std::ffi::CStr::from_ptr(from.cast::<c_char>()).to_bytes();
    let len = text.len().min(last as usize);
    dst.cast::<u8>().copy_from(text.as_ptr(), len);
    dst.cast::<u8>().add(len).write(0);
    len as u64 + 1
}

macro_rules! probe_reads {
    ($($name:ident $copy:ident)*) => {$(
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name(dst: *mut c_void, size: u64, from: *const c_void) -> u64 {
            $copy(dst, size, from)
        }
    )*};
}

probe_reads! {
    bpf_probe_read_kernel copy
    bpf_probe_read_user copy
    bpf_probe_read_kernel_str copy_string
    bpf_probe_read_user_str copy_string
}

/// Sets rax, word 10 of the registers.
#[unsafe(no_mangle)]
unsafe extern "C" fn bpf_override_return(regs: *mut u64, rc: u64) -> u64 {
    regs.add(10).write(rc);
    0
}

/// Writes the format and, in decimal, the words behind it.
#[unsafe(no_mangle)]
unsafe extern "C" fn bpf_snprintf(
    buf: *mut u8,
    size: u64,
    format: *const c_char,
    args: *const u64,
    args_size: u64,
) -> u64 {
    if args_size > 96 {
        return error(EINVAL);
    }
    let mut text = std::ffi::CStr::from_ptr(format).to_bytes().to_vec();
    for i in 0..args_size as usize / 8 {
        text.extend(format!(" {}", args.add(i).read()).bytes());
    }
    let fits = text.len().min(size as usize - 1);
    buf.copy_from(text.as_ptr(), fits);
    buf.add(fits).write(0);
    text.len() as u64 + 1
}

macro_rules! stack_traces {
    ($($stackid:ident $stack:ident)*) => {$(
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $stackid(context: *const c_void, map: *mut Map, flags: u64) -> u64 {
            assert_eq!((*map).map_type, rex::linux::bpf::BPF_MAP_TYPE_STACK_TRACE);
            called(stringify!($stackid), context, flags);
            5
        }

        /// A trace of two entries, 1 and 2.
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $stack(context: *const c_void, buf: *mut u64, size: u64, flags: u64) -> u64 {
            called(stringify!($stack), context, flags);
            for i in 0..size as usize / 8 {
                buf.add(i).write(if i < 2 { i as u64 + 1 } else { 0 });
            }
            size.min(16)
        }
    )*};
}

stack_traces! {
    bpf_get_stackid bpf_get_stack
    bpf_get_stackid_tp bpf_get_stack_tp
    bpf_get_stackid_pe bpf_get_stack_pe
}

macro_rules! outputs {
    ($($name:ident)*) => {$(
        /// There is an event for the current CPU and for CPU 1.
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name(
            context: *const c_void,
            map: *mut Map,
            flags: u64,
            data: *const c_void,
            size: u64,
        ) -> u64 {
            assert_eq!((*map).map_type, rex::linux::bpf::BPF_MAP_TYPE_PERF_EVENT_ARRAY);
            called(stringify!($name), context, flags);
            if ![1, rex::linux::bpf::BPF_F_CURRENT_CPU].contains(&flags) {
                return error(ENOENT);
            }
            let record = bytes(data, size as usize);
            RECORDS.with_borrow_mut(|records| records.push((flags, record)));
            0
        }
    )*};
}

outputs! { bpf_perf_event_output bpf_perf_event_output_tp }

#[unsafe(no_mangle)]
unsafe extern "C" fn bpf_perf_prog_read_value(
    context: *const c_void,
    buf: *mut u64,
    size: u64,
) -> u64 {
    assert_eq!(size, 24);
    called("bpf_perf_prog_read_value", context, 0);
    for (i, word) in [7, 8, 9].into_iter().enumerate() {
        buf.add(i).write(word);
    }
    0
}

macro_rules! attachments {
    ($($name:ident $value:literal)*) => {$(
        #[unsafe(no_mangle)]
        extern "C" fn $name(context: *const c_void) -> u64 {
            called(stringify!($name), context, 0);
            $value
        }
    )*};
}

attachments! {
    bpf_get_func_ip_kprobe 0xffff_ffff_8100_0000
    bpf_get_attach_cookie_trace 0x1234_5678_9abc
    bpf_get_attach_cookie_pe 0x4321_8765_cba9
}

macro_rules! echoes {
    ($($name:ident $offset:literal)*) => {$(
        #[unsafe(no_mangle)]
        extern "C" fn $name(argument: u64) -> u64 {
            argument.wrapping_add($offset)
        }
    )*};
}

// What they return shows what they were called with.
echoes! {
    bpf_send_signal 100
    bpf_send_signal_thread 200
    bpf_get_current_ancestor_cgroup_id 300
}
