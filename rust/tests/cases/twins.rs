// SPDX-License-Identifier: GPL-2.0
//! Two programs of one name.
#![no_std]
#![no_main]
#[path = "../support.rs"]
#[macro_use]
mod support;

fn first(ctx: u64) -> u64 {
    ctx
}
program!(first, "twin");

fn second(ctx: u64) -> u64 {
    ctx + 1
}
program!(second, "twin");
