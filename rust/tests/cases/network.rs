// SPDX-License-Identifier: GPL-2.0
//! Loops, a recursion, and a panic of programs that run where interrupts can end them.
#![no_std]
#![no_main]
#[path = "../support.rs"]
#[macro_use]
mod support;

use core::hint::black_box;
use support::{SCHED_CLS, XDP};

fn xdp(ctx: u64) -> u64 {
    let mut n = ctx;
    while n != 1 {
        n = black_box(n / 2);
    }
    [1, 2, 3][black_box(n as usize)]
}
program!(xdp, "xdp", XDP);

#[inline(never)]
fn fibonacci(n: u64) -> u64 {
    if n < 2 {
        n
    } else {
        black_box(fibonacci(n - 1)) + black_box(fibonacci(n - 2))
    }
}

fn tc(ctx: u64) -> u64 {
    fibonacci(ctx)
}
program!(tc, "tc", SCHED_CLS);
