// SPDX-License-Identifier: GPL-2.0
//! Each program reaches other kernel symbols: directly, by a vtable, in a panic's message.
#![no_std]
#![no_main]
#[path = "../support.rs"]
#[macro_use]
mod support;

use core::fmt;
use core::hint::black_box;
use support::*;

fn direct(_ctx: u64) -> u64 {
    unsafe { bpf_get_smp_processor_id() }
}
program!(direct);

struct Clock;
impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}", unsafe { bpf_ktime_get_ns() })
    }
}

fn by_panic(ctx: u64) -> u64 {
    if ctx == 3 {
        panic!("at {}", Clock);
    }
    ctx
}
program!(by_panic);

fn by_pointer(ctx: u64) -> u64 {
    fn pid(mask: u64) -> u64 {
        unsafe { bpf_get_current_pid_tgid() & mask }
    }
    let function: fn(u64) -> u64 = black_box(pid);
    function(ctx)
}
program!(by_pointer);

fn nothing(ctx: u64) -> u64 {
    ctx
}
program!(nothing);
