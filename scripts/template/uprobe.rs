// SPDX-License-Identifier: GPL-2.0
//! Prints a line whenever a process calls a function of a library: here libc's dup().
#![no_std]
#![no_main]

use rex::kprobe::kprobe;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_printk, rex_uprobe};

#[rex_uprobe(function = "libc.so.6:dup")]
fn on_call(obj: &kprobe, ctx: &mut PtRegs) -> Result {
    let Some(task) = obj.bpf_get_current_task() else {
        return Ok(0);
    };
    let (fd, pid) = (ctx.rdi() as i32, task.get_pid());
    rex_printk!("@NAME@: dup({fd}) by PID {pid}")
}
