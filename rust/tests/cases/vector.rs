// SPDX-License-Identifier: GPL-2.0
//! Registers that belong to user space.
#![no_std]
#![no_main]
#[path = "../support.rs"]
#[macro_use]
mod support;

fn program(ctx: u64) -> u64 {
    unsafe { core::arch::asm!("xorps %xmm0, %xmm0", options(att_syntax)) };
    ctx
}
program!(program);
