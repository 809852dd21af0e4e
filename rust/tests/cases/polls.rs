// SPDX-License-Identifier: GPL-2.0
//! Loops that different types of programs reach, loops that are short and that are not.
#![no_std]
#![no_main]
#[path = "../support.rs"]
#[macro_use]
mod support;

use core::fmt;
use core::hint::black_box;
use support::{PERF_EVENT, SCHED_CLS, TRACEPOINT, XDP};

/// Functions with a loop, no two of them the same: LLVM would make one of these.
macro_rules! loops {
    ($($name:ident $factor:literal)*) => {$(
        #[inline(never)]
        fn $name(mut n: u64) -> u64 {
            while n != 1 {
                n = black_box(if n % 2 == 0 { n / 2 } else { n.wrapping_mul($factor) });
            }
            n
        }
    )*};
}
loops!(of_kprobe 3 of_tracepoint 5 of_perf_event 7 of_xdp 9 of_tc 11 of_both 13 of_message 15);

struct Message(u64);
impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}", of_message(self.0))
    }
}

fn kprobe(ctx: u64) -> u64 {
    if ctx == 3 {
        panic!("{}", Message(ctx));
    }
    of_kprobe(ctx)
}
program!(kprobe);

fn tracepoint(ctx: u64) -> u64 {
    of_tracepoint(ctx) + of_both(ctx)
}
program!(tracepoint, "tracepoint", TRACEPOINT);

fn perf_event(ctx: u64) -> u64 {
    of_perf_event(ctx)
        + short(ctx)
        + short_nest(ctx)
        + long(ctx)
        + long_nest(ctx)
        + with_call(ctx)
        + leaf(ctx)
}
program!(perf_event, "perf_event", PERF_EVENT);

fn xdp(ctx: u64) -> u64 {
    of_xdp(ctx) + of_both(ctx)
}
program!(xdp, "xdp", XDP);

fn tc(ctx: u64) -> u64 {
    of_tc(ctx)
}
program!(tc, "tc", SCHED_CLS);

fn scramble(n: u64) -> u64 {
    let n = n ^ (n << 13);
    let n = n ^ (n >> 7);
    n ^ (n << 17)
}

#[inline(never)]
fn short(mut n: u64) -> u64 {
    for _ in 0..200 {
        n = scramble(n);
    }
    n
}

#[inline(never)]
fn short_nest(mut n: u64) -> u64 {
    for _ in 0..4 {
        for _ in 0..40 {
            n = scramble(n);
            if n == 0 {
                return 1;
            }
        }
    }
    n
}

#[inline(never)]
fn long(mut n: u64) -> u64 {
    for _ in 0..2000 {
        n = scramble(n);
    }
    n
}

/// Two short loops, one inside the other.
#[inline(never)]
fn long_nest(mut n: u64) -> u64 {
    for _ in 0..50 {
        for _ in 0..50 {
            n = scramble(n);
        }
        n += 1;
    }
    n
}

#[inline(never)]
fn with_call(mut n: u64) -> u64 {
    for _ in 0..200 {
        n = leaf(n);
    }
    n
}

#[inline(never)]
fn leaf(n: u64) -> u64 {
    black_box(n) + 1
}
