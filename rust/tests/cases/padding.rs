// SPDX-License-Identifier: GPL-2.0
//! Programs that look at bytes which they have not written, after others were there.
#![no_std]
#![no_main]
#[path = "../support.rs"]
#[macro_use]
mod support;

use core::hint::black_box;
use core::mem::MaybeUninit;

/// Has padding behind `small` and behind `last`.
#[repr(C)]
#[derive(Clone, Copy)]
struct Padded {
    small: u8,
    large: u64,
    last: u16,
}

const FIELDS: [usize; 11] = [0, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17];

#[inline(never)]
fn soil() {
    black_box([0xa5_u8; 4096]);
}

/// How many bytes of a value are not 0, of those that `count` takes.
#[inline(never)]
fn not_zero<T>(value: &T, count: fn(usize) -> bool) -> u64 {
    let bytes = (&raw const *value).cast::<u8>();
    let mut found = 0;
    for i in 0..size_of::<T>() {
        // SAFETY: within the value. Volatile, as another's read would be.
        found += u64::from(count(i) && unsafe { bytes.add(i).read_volatile() } != 0);
    }
    found
}

fn padding(ctx: u64) -> u64 {
    soil();
    let value = black_box(Padded {
        small: ctx as u8,
        large: u64::MAX,
        last: 1,
    });
    let copy = black_box(value);
    not_zero(&copy, |i| !FIELDS.contains(&i))
}
program!(padding);

fn never_written(_: u64) -> u64 {
    soil();
    let value = MaybeUninit::<[u64; 16]>::uninit();
    not_zero(black_box(&value), |_| true)
}
program!(never_written);

fn in_each_round(ctx: u64) -> u64 {
    let mut found = 0;
    for _ in 0..ctx {
        let mut value = MaybeUninit::<[u64; 16]>::uninit();
        found += not_zero(black_box(&value), |_| true);
        value.write([u64::MAX; 16]);
        black_box(&value);
    }
    found
}
program!(in_each_round);
