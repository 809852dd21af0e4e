// SPDX-License-Identifier: GPL-2.0
//! Programs that go on and on, each in another way.
#![no_std]
#![no_main]
#![feature(loop_match)]
#[path = "../support.rs"]
#[macro_use]
mod support;

use core::fmt;
use core::hint::black_box;
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};

fn empty_loop(_ctx: u64) -> u64 {
    loop {}
}
program!(empty_loop);

fn counter(ctx: u64) -> u64 {
    let mut n = ctx;
    while black_box(n) != 0 {
        n += 2;
    }
    n
}
program!(counter);

fn inner_loop(ctx: u64) -> u64 {
    let mut sum = 0;
    for row in 0..10 {
        let mut n = ctx | 1;
        while n != 0 {
            n = black_box(n + 2);
            sum += row;
        }
    }
    sum
}
program!(inner_loop);

/// The inner loop is short enough not to be polled.
fn outer_loop(ctx: u64) -> u64 {
    let mut n = ctx | 1;
    while black_box(n) != 0 {
        for shift in 0..50 {
            n = (n ^ (n << 7) ^ (n >> (shift | 1))) | 1;
        }
    }
    n
}
program!(outer_loop);

fn iterators(ctx: u64) -> u64 {
    (ctx..)
        .map(|n| black_box(n) * 2)
        .filter(|n| n % 2 != 0)
        .sum()
}
program!(iterators);

static WORD: AtomicU64 = AtomicU64::new(1);

fn waits(_ctx: u64) -> u64 {
    while WORD.load(Relaxed) != 0 {
        core::hint::spin_loop();
    }
    0
}
program!(waits);

/// Two states that jump to each other, each of which may be the first: no loop in
/// LLVM's sense, which has one way in.
fn states(ctx: u64) -> u64 {
    let (mut state, mut n) = (ctx % 2, ctx);
    #[loop_match]
    loop {
        state = 'next: {
            match state {
                0 => {
                    n = n.wrapping_mul(3);
                    #[const_continue]
                    break 'next 1;
                }
                _ => {
                    n = n.rotate_left(5);
                    if n == 0 {
                        return 1;
                    }
                    #[const_continue]
                    break 'next 0;
                }
            }
        }
    }
}
program!(states);

struct Last(u64);
impl Drop for Last {
    fn drop(&mut self) {
        while black_box(self.0) != 0 {
            self.0 += 2;
        }
    }
}

fn in_drop(ctx: u64) -> u64 {
    let last = Last(ctx | 1);
    last.0
}
program!(in_drop);

/// Comes back, after 2 to the power of 80 calls.
#[inline(never)]
fn fork(n: u64) -> u64 {
    if n == 0 {
        1
    } else {
        black_box(fork(n - 1)) + black_box(fork(n - 1))
    }
}

fn recursion(_ctx: u64) -> u64 {
    fork(80)
}
program!(recursion);

/// The same without recursion: each function calls the next one twice.
struct Level<const LEFT: usize>;
trait Twice {
    fn run() -> u64;
}
impl Twice for Level<0> {
    #[inline(never)]
    fn run() -> u64 {
        black_box(1)
    }
}
macro_rules! levels {
    ($($level:literal)*) => {$(
        impl Twice for Level<$level> {
            #[inline(never)]
            fn run() -> u64 {
                black_box(Level::<{ $level - 1 }>::run()) + black_box(Level::<{ $level - 1 }>::run())
            }
        }
    )*};
}
levels!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30
        31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50);

fn tree(_ctx: u64) -> u64 {
    Level::<50>::run()
}
program!(tree);

struct Slow(u64);
impl fmt::Display for Slow {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("slow")?;
        let mut n = self.0 | 1;
        while n != 0 {
            n = black_box(n + 2);
        }
        f.write_str("end")
    }
}

fn in_panic(ctx: u64) -> u64 {
    panic!("{}", Slow(ctx));
}
program!(in_panic);
