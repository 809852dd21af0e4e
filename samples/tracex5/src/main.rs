// SPDX-License-Identifier: GPL-2.0
//! Prints the reads, writes and mappings that one process asks for, with their sizes.
//!
//! The hook is the kernel's function that runs seccomp filters: it sees each system
//! call of a process that has a filter, and costs nothing for others. The arguments
//! are those with which the process entered the kernel.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals, reason = "the kernel's names")]

use rex::kprobe::kprobe;
use rex::linux::unistd::{__NR_mmap, __NR_read, __NR_write};
use rex::map::RexArrayMap;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe, rex_map, rex_printk};

/// The process to trace: others have filters too.
#[rex_map]
static TRACED: RexArrayMap<i32> = RexArrayMap::new(1, 0);

#[rex_kprobe(function = "__seccomp_filter")]
fn trace_call(obj: &kprobe, ctx: &mut PtRegs) -> Result {
    let Some(task) = obj.bpf_get_current_task() else {
        return Ok(0);
    };
    if TRACED.get(&0) != Some(task.get_tgid()) {
        return Ok(0);
    }
    // __seccomp_filter(int this_syscall, ...)
    let (call, user) = (ctx.rdi() as u32, task.get_pt_regs());
    let (first, second, third) = (user.rdi(), user.rsi(), user.rdx());
    match call {
        __NR_read => rex_printk!("read(fd={}, buf={second:#x}, size={third})", first as i32),
        __NR_write => rex_printk!("write(fd={}, buf={second:#x}, size={third})", first as i32),
        __NR_mmap => rex_printk!("mmap(addr={first:#x}, size={second})"),
        _ => Ok(0),
    }
}
