// SPDX-License-Identifier: GPL-2.0
//! Prints a line at a tracepoint, which the context's type says: here dup(2)'s start.
#![no_std]
#![no_main]

use rex::tracepoint::{SyscallsEnterDupCtx, tracepoint};
use rex::{Result, rex_printk, rex_tracepoint};

#[rex_tracepoint]
fn on_dup(obj: &tracepoint<SyscallsEnterDupCtx>, ctx: &'static SyscallsEnterDupCtx) -> Result {
    let Some(task) = obj.bpf_get_current_task() else {
        return Ok(0);
    };
    let (fd, pid) = (ctx.fildes, task.get_pid());
    rex_printk!("@NAME@: dup({fd}) by PID {pid}")
}
