// SPDX-License-Identifier: GPL-2.0
//! A kernel function that extensions may not use.
#![no_std]
#![no_main]
#[path = "../support.rs"]
#[macro_use]
mod support;

unsafe extern "C" {
    fn commit_creds(credentials: u64) -> u64;
}

fn unknown(ctx: u64) -> u64 {
    unsafe { commit_creds(ctx) }
}
program!(unknown);
