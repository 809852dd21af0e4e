// SPDX-License-Identifier: GPL-2.0
//! Assembly that the compiler knows nothing about.
#![no_std]
#![no_main]
#[path = "../support.rs"]
#[macro_use]
mod support;

core::arch::global_asm!(".globl sneaky", "sneaky: ret");

fn program(ctx: u64) -> u64 {
    ctx
}
program!(program);
