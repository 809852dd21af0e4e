// SPDX-License-Identifier: GPL-2.0
//! An object without a program.
#![no_std]
#![no_main]
#[path = "../support.rs"]
mod support;

#[used]
static KEEP: fn(core::fmt::Arguments) = support::print;
