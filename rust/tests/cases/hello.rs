// SPDX-License-Identifier: GPL-2.0
//! Formatting, slices, 128-bit division, copies: nothing of it can recur.
#![no_std]
#![no_main]
#[path = "../support.rs"]
#[macro_use]
mod support;

use core::hint::black_box;
use support::*;

#[unsafe(no_mangle)]
static COUNTERS: [core::sync::atomic::AtomicU64; 8] =
    [const { core::sync::atomic::AtomicU64::new(1) }; 8];

fn hello(ctx: u64) -> u64 {
    let cpu = unsafe { bpf_get_smp_processor_id() };
    print(format_args!("Hello {} from CPU {cpu:4}.\n", ctx as u32));
    let mut values = black_box([5u64, 3, ctx, 1]);
    values.sort_unstable();
    let mut copy = [0u64; 64];
    copy[..4].copy_from_slice(&values);
    let quotient = (ctx as u128 * 10) / (black_box(copy)[1] as u128 + 1);
    COUNTERS[(quotient % 8) as usize].fetch_add(1, core::sync::atomic::Ordering::Relaxed);
    let (some, others) = black_box((&copy[..3], &values[..3]));
    values[black_box(ctx as usize)]
        + (black_box("abc") == black_box("abd")) as u64
        + (some == others) as u64
}
program!(hello);
