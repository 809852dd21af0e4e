// SPDX-License-Identifier: GPL-2.0
//! A kernel symbol in code that no program reaches, kept by #[used].
#![no_std]
#![no_main]
#[path = "../support.rs"]
#[macro_use]
mod support;

fn program(ctx: u64) -> u64 {
    ctx
}
program!(program);

#[used]
static KEEP: fn() -> u64 = || unsafe { support::bpf_ktime_get_ns() };
