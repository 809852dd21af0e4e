// SPDX-License-Identifier: GPL-2.0
//! Prints a line whenever a process calls dup(2).
//!
//! The smallest extension there is: one program on a tracepoint, one helper, and
//! one line of output, which appears in /sys/kernel/tracing/trace_pipe.
#![no_std]
#![no_main]

use rex::tracepoint::{SyscallsEnterDupCtx, tracepoint};
use rex::{Result, rex_printk, rex_tracepoint};

#[rex_tracepoint]
fn rex_prog1(obj: &tracepoint<SyscallsEnterDupCtx>, _: &'static SyscallsEnterDupCtx) -> Result {
    let Some(task) = obj.bpf_get_current_task() else {
        return Ok(0);
    };
    rex_printk!(
        "Rust triggered from PID {} on CPU {}.",
        task.get_pid(),
        obj.bpf_get_smp_processor_id()
    )
}
