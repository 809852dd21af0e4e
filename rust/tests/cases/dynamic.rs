// SPDX-License-Identifier: GPL-2.0
//! Calls through vtables and function pointers, without a cycle and with one.
#![no_std]
#![no_main]
#[path = "../support.rs"]
#[macro_use]
mod support;

use core::hint::black_box;

trait Shape {
    fn area(&self) -> u64;
}
struct Square(u64);
struct Twice<'a>(&'a dyn Shape);
impl Shape for Square {
    #[inline(never)]
    fn area(&self) -> u64 {
        self.0 * self.0
    }
}
impl Shape for Twice<'_> {
    #[inline(never)]
    fn area(&self) -> u64 {
        2 * self.0.area()
    }
}

#[inline(never)]
fn double(n: u32) -> u32 {
    n * 2
}

fn pointer(ctx: u64) -> u64 {
    let function: fn(u32) -> u32 = black_box(double);
    function(ctx as u32) as u64
}
program!(pointer);

fn nested(ctx: u64) -> u64 {
    let square = Square(ctx);
    let twice = Twice(&square);
    let shape: &dyn Shape = black_box(&twice);
    shape.area()
}
program!(nested);
