// SPDX-License-Identifier: GPL-2.0
//! A panic whose message takes more stack than a panic has.
#![no_std]
#![no_main]
#[path = "../support.rs"]
#[macro_use]
mod support;

use core::fmt;
use core::hint::black_box;

struct Large;
impl fmt::Display for Large {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let bytes = black_box([b'x'; 9000]);
        f.write_str(core::str::from_utf8(&bytes).unwrap_or(""))
    }
}

fn large(ctx: u64) -> u64 {
    if ctx == 3 {
        panic!("{}", Large);
    }
    ctx
}
program!(large);
