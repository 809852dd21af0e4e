// SPDX-License-Identifier: GPL-2.0
//! A return that no return thunk covers.
#![no_std]
#![no_main]
#[path = "../support.rs"]
#[macro_use]
mod support;

fn program(ctx: u64) -> u64 {
    unsafe { core::arch::asm!("jmp 2f", "ret", "2:") };
    ctx
}
program!(program);
