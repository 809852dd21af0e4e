// SPDX-License-Identifier: GPL-2.0
//! A function that calls itself, two that call each other, and one that calls them.
#![no_std]
#![no_main]
#[path = "../support.rs"]
#[macro_use]
mod support;

use core::hint::black_box;

#[inline(never)]
fn sum(n: u64) -> u64 {
    if n == 0 { 0 } else { n + black_box(sum(n - 1)) }
}

#[inline(never)]
fn even(n: u64) -> bool {
    n == 0 || !black_box(odd(n - 1))
}

#[inline(never)]
fn odd(n: u64) -> bool {
    n != 0 && !black_box(even(n - 1))
}

#[inline(never)]
fn straight(n: u64) -> u64 {
    sum(n) + even(n) as u64
}

fn recursion(ctx: u64) -> u64 {
    straight(ctx)
}
program!(recursion);
