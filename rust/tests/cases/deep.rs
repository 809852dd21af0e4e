// SPDX-License-Identifier: GPL-2.0
//! Too deep in sum: 9 KiB and 8 KiB in two functions.
#![no_std]
#![no_main]
#[path = "../support.rs"]
#[macro_use]
mod support;

use core::hint::black_box;

#[inline(never)]
fn lower(n: u64) -> u64 {
    black_box([n; 1024])[n as usize & 1023]
}

#[inline(never)]
fn upper(n: u64) -> u64 {
    let values = black_box([n; 1152]);
    lower(n) + values[n as usize & 1023]
}

fn deep(ctx: u64) -> u64 {
    upper(ctx)
}
program!(deep);
