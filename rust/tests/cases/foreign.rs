// SPDX-License-Identifier: GPL-2.0
//! Machine code that another compiler made.
#![no_std]
#![no_main]
#[path = "../support.rs"]
#[macro_use]
mod support;

unsafe extern "C" {
    fn foreign(n: u64) -> u64;
}

fn program(ctx: u64) -> u64 {
    unsafe { foreign(ctx) }
}
program!(program);
