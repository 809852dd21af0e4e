// SPDX-License-Identifier: GPL-2.0
//! Prints a line whenever the kernel calls a function: here dup(2)'s.
#![no_std]
#![no_main]

use rex::kprobe::kprobe;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe, rex_printk};

#[rex_kprobe(function = "__x64_sys_dup")]
fn on_call(obj: &kprobe, ctx: &mut PtRegs) -> Result {
    let Some(task) = obj.bpf_get_current_task() else {
        return Ok(0);
    };
    let (address, pid) = (ctx.rip(), task.get_pid());
    rex_printk!("@NAME@: called at {address:#x} by PID {pid}")
}
