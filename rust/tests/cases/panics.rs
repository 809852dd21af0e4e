// SPDX-License-Identifier: GPL-2.0
//! Panics whose message panics, or never ends.
#![no_std]
#![no_main]
#[path = "../support.rs"]
#[macro_use]
mod support;

use core::fmt;

struct Endless(u64);
impl fmt::Display for Endless {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}", Endless(self.0 + 1))?;
        f.write_str(".")
    }
}

fn endless(ctx: u64) -> u64 {
    panic!("{}", Endless(ctx));
}
program!(endless);

struct Panics;
impl fmt::Display for Panics {
    fn fmt(&self, _: &mut fmt::Formatter) -> fmt::Result {
        panic!("again");
    }
}

fn twice(_ctx: u64) -> u64 {
    panic!("{}", Panics);
}
program!(twice);
