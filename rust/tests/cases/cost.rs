// SPDX-License-Identifier: GPL-2.0
//! The same work for a type of program that is polled and for one that is not.
#![no_std]
#![no_main]
#[path = "../support.rs"]
#[macro_use]
mod support;

use core::hint::black_box;
use support::{KPROBE, XDP};

/// The factor keeps LLVM from making one function of two.
macro_rules! work {
    ($module:ident $type:ident $factor:literal) => {
        mod $module {
            use super::*;

            fn rounds(ctx: u64) -> u64 {
                let mut n = 0u64;
                for round in 0..ctx {
                    n = n.wrapping_mul($factor) ^ round;
                }
                n
            }
            program!(rounds, concat!("rounds_", stringify!($module)), $type);

            fn bytes(ctx: u64) -> u64 {
                let text = black_box([b'a'; 256]);
                text[..ctx as usize]
                    .iter()
                    .fold($factor, |hash: u64, byte| {
                        hash.rotate_left(5) ^ *byte as u64
                    })
            }
            program!(bytes, concat!("bytes_", stringify!($module)), $type);

            #[inline(never)]
            fn inner(n: u64) -> u64 {
                black_box(n) + $factor
            }

            #[inline(never)]
            fn outer(n: u64) -> u64 {
                inner(n) ^ inner(n + 1)
            }

            fn calls(ctx: u64) -> u64 {
                let mut n = 0;
                for round in 0..ctx {
                    n ^= outer(round);
                }
                n
            }
            program!(calls, concat!("calls_", stringify!($module)), $type);
        }
    };
}
work!(polled KPROBE 1000003);
work!(bare XDP 1000033);
