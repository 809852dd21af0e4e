// SPDX-License-Identifier: GPL-2.0
//! A recursion that calls something that needs 9 KiB, with no check in between.
#![no_std]
#![no_main]
#[path = "../support.rs"]
#[macro_use]
mod support;

use core::hint::black_box;

#[inline(never)]
fn wide(n: u64) -> u64 {
    black_box([n; 1152])[n as usize & 1023]
}

#[inline(never)]
fn down(n: u64) -> u64 {
    if n == 0 {
        wide(n)
    } else {
        black_box(down(n - 1)) + 1
    }
}

fn slack(ctx: u64) -> u64 {
    down(ctx)
}
program!(slack);
