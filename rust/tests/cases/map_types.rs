// SPDX-License-Identifier: GPL-2.0
//! Maps with keys and values of all kinds.
#![no_std]
#![no_main]
#[path = "../support.rs"]
#[macro_use]
mod support;

use core::marker::PhantomData;

/// As the crate rex has it.
pub struct RexMapHandle<const MT: u32, K, V> {
    max_entries: u32,
    _types: PhantomData<fn(K) -> V>,
}

const COUNT: usize = 3;

#[derive(Clone, Copy)]
#[repr(C)]
pub struct Inner<const N: usize> {
    letters: [u8; N],
    pair: (i8, u16),
    nothing: (),
}

#[derive(Clone, Copy)]
#[repr(C)]
union Either {
    whole: i64,
    halves: [u32; 2],
}

/// The kernel knows a struct of this name, and would take the value for one.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct bpf_timer {
    opaque: [u64; 2],
}

#[derive(Clone, Copy)]
#[repr(C)]
pub struct Value {
    inner: Inner<COUNT>,
    many: [[Inner<1>; 2]; COUNT],
    either: Either,
    real: f64,
    timer: bpf_timer,
    r#type: u8,
}

#[used]
static VISITS: RexMapHandle<1, (u32, [u16; 2 * COUNT]), Value> = RexMapHandle {
    max_entries: 1,
    _types: PhantomData,
};
#[used]
static r#loop: RexMapHandle<2, u32, i128> = RexMapHandle {
    max_entries: 1,
    _types: PhantomData,
};
#[used]
static NO_KEYS: RexMapHandle<22, (), u64> = RexMapHandle {
    max_entries: 1,
    _types: PhantomData,
};
#[used]
static NOT_PLAIN: RexMapHandle<1, u32, Option<u8>> = RexMapHandle {
    max_entries: 1,
    _types: PhantomData,
};
#[used]
static NO_MAP: Option<u32> = Some(1);

fn none(_: u64) -> u64 {
    0
}
program!(none);
