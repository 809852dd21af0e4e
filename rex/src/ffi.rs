// SPDX-License-Identifier: GPL-2.0
//! The kernel's functions that extensions are linked against.
//!
//! The kernel's `kernel/rex/symbols.def` lists them: a name that is not there fails
//! to link. Helpers of eBPF take and return full registers, whatever their C types.

mod net;

pub use net::*;

use core::ffi::{c_char, c_void};

use crate::linux::bpf::{bpf_perf_event_value, bpf_spin_lock};
use crate::perf_event::bpf_perf_event_data;
use crate::pt_regs::PtRegs;

/// The kernel's `struct bpf_map`.
#[repr(C)]
pub struct bpf_map {
    _opaque: [u8; 0],
}

/// The kernel's `struct task_struct`.
#[repr(C)]
pub struct task_struct {
    _opaque: [u8; 0],
}

/// A record of a ring buffer that is not submitted yet.
#[repr(C)]
pub struct ringbuf_record {
    _opaque: [u8; 0],
}

unsafe extern "C" {
    // The runtime
    #[cfg(target_os = "none")]
    pub safe fn rex_panic_begin();
    #[cfg(target_os = "none")]
    pub fn rex_panic(
        msg: *const u8,
        len: u32,
        file: *const u8,
        file_len: u32,
        line: u32,
        col: u32,
    ) -> !;
    pub fn rex_trace_printk(line: *const u8, len: u32) -> i32;

    // What a program can hold
    pub fn rex_spin_lock(lock: *mut bpf_spin_lock) -> i32;
    pub fn rex_spin_unlock(lock: *mut bpf_spin_lock);
    pub safe fn rex_task_from_pid(pid: i32) -> *mut task_struct;
    pub fn rex_task_put(task: *mut task_struct);
    pub fn rex_ringbuf_reserve(map: *mut bpf_map, size: u64) -> *mut ringbuf_record;
    pub fn rex_ringbuf_submit(record: *mut ringbuf_record, flags: u64) -> i32;
    pub fn rex_ringbuf_discard(record: *mut ringbuf_record, flags: u64) -> i32;

    // Maps
    pub fn bpf_map_lookup_elem(map: *mut bpf_map, key: *const c_void) -> *mut c_void;
    pub fn bpf_map_update_elem(
        map: *mut bpf_map,
        key: *const c_void,
        value: *const c_void,
        flags: u64,
    ) -> u64;
    pub fn bpf_map_delete_elem(map: *mut bpf_map, key: *const c_void) -> u64;
    #[cfg(target_os = "none")]
    pub fn rex_array_update(
        map: *mut bpf_map,
        key: *const c_void,
        value: *const c_void,
        flags: u64,
    ) -> u64;
    #[cfg(target_os = "none")]
    pub fn rex_hash_lookup(map: *mut bpf_map, key: *const c_void) -> *mut c_void;
    #[cfg(target_os = "none")]
    pub fn rex_hash_update(
        map: *mut bpf_map,
        key: *const c_void,
        value: *const c_void,
        flags: u64,
    ) -> u64;
    #[cfg(target_os = "none")]
    pub fn rex_hash_delete(map: *mut bpf_map, key: *const c_void) -> u64;
    #[cfg(target_os = "none")]
    pub fn rex_map_update(
        map: *mut bpf_map,
        key: *const c_void,
        value: *const c_void,
        flags: u64,
    ) -> u64;
    #[cfg(target_os = "none")]
    pub fn rex_map_delete(map: *mut bpf_map, key: *const c_void) -> u64;
    pub fn bpf_map_push_elem(map: *mut bpf_map, value: *const c_void, flags: u64) -> u64;
    pub fn bpf_map_pop_elem(map: *mut bpf_map, value: *mut c_void) -> u64;
    pub fn bpf_map_peek_elem(map: *mut bpf_map, value: *mut c_void) -> u64;

    // Ring buffers
    pub fn bpf_ringbuf_output(map: *mut bpf_map, data: *const c_void, size: u64, flags: u64)
    -> u64;
    pub fn bpf_ringbuf_query(map: *mut bpf_map, what: u64) -> u64;

    // The current task
    pub safe fn bpf_get_current_task() -> *mut task_struct;
    pub safe fn bpf_get_current_pid_tgid() -> u64;
    pub safe fn bpf_get_current_uid_gid() -> u64;
    pub fn bpf_get_current_comm(buf: *mut c_char, size: u64) -> u64;
    pub fn bpf_task_pt_regs(task: *mut task_struct) -> *const PtRegs;
    pub safe fn bpf_get_current_cgroup_id() -> u64;
    pub safe fn bpf_get_current_ancestor_cgroup_id(level: u64) -> u64;
    pub safe fn bpf_send_signal(sig: u64) -> u64;
    pub safe fn bpf_send_signal_thread(sig: u64) -> u64;

    // Time, place, chance
    #[cfg(target_os = "none")]
    pub static this_cpu_off: usize;
    pub safe fn bpf_get_smp_processor_id() -> u64;
    pub safe fn bpf_get_numa_node_id() -> u64;
    pub safe fn bpf_ktime_get_ns() -> u64;
    pub safe fn bpf_ktime_get_boot_ns() -> u64;
    pub safe fn bpf_ktime_get_coarse_ns() -> u64;
    pub safe fn bpf_jiffies64() -> u64;
    pub safe fn bpf_user_rnd_u32() -> u64;

    // Memory that may not be there
    pub fn bpf_probe_read_kernel(dst: *mut c_void, size: u64, unsafe_ptr: *const c_void) -> u64;
    pub fn bpf_probe_read_kernel_str(dst: *mut c_void, size: u64, unsafe_ptr: *const c_void)
    -> u64;
    pub fn bpf_probe_read_user(dst: *mut c_void, size: u64, unsafe_ptr: *const c_void) -> u64;
    pub fn bpf_probe_read_user_str(dst: *mut c_void, size: u64, unsafe_ptr: *const c_void) -> u64;

    // Text
    pub fn bpf_snprintf(
        str: *mut c_char,
        str_size: u64,
        fmt: *const c_char,
        data: *const u64,
        data_len: u64,
    ) -> u64;

    // Stack traces
    pub fn bpf_get_stackid(ctx: *mut PtRegs, map: *mut bpf_map, flags: u64) -> u64;
    pub fn bpf_get_stackid_tp(ctx: *mut c_void, map: *mut bpf_map, flags: u64) -> u64;
    pub fn bpf_get_stackid_pe(ctx: *mut bpf_perf_event_data, map: *mut bpf_map, flags: u64) -> u64;
    pub fn bpf_get_stack(ctx: *mut PtRegs, buf: *mut c_void, size: u64, flags: u64) -> u64;
    pub fn bpf_get_stack_tp(ctx: *mut c_void, buf: *mut c_void, size: u64, flags: u64) -> u64;
    pub fn bpf_get_stack_pe(
        ctx: *mut bpf_perf_event_data,
        buf: *mut c_void,
        size: u64,
        flags: u64,
    ) -> u64;

    // Perf events
    pub fn bpf_perf_event_output(
        ctx: *mut PtRegs,
        map: *mut bpf_map,
        flags: u64,
        data: *const c_void,
        size: u64,
    ) -> u64;
    pub fn bpf_perf_event_output_tp(
        ctx: *mut c_void,
        map: *mut bpf_map,
        flags: u64,
        data: *const c_void,
        size: u64,
    ) -> u64;
    pub fn bpf_perf_prog_read_value(
        ctx: *mut bpf_perf_event_data,
        buf: *mut bpf_perf_event_value,
        buf_size: u64,
    ) -> u64;

    // Where a program is attached
    pub fn bpf_get_func_ip_kprobe(ctx: *mut PtRegs) -> u64;
    pub fn bpf_get_attach_cookie_trace(ctx: *mut c_void) -> u64;
    pub fn bpf_get_attach_cookie_pe(ctx: *mut bpf_perf_event_data) -> u64;

    // Error injection
    pub fn bpf_override_return(regs: *mut PtRegs, rc: u64) -> u64;
}
