// SPDX-License-Identifier: GPL-2.0
//! The ways in which a program can run off its stack, one a program.
//!
//! Attached to a function that only the test reaches.
#![no_std]
#![no_main]

use core::arch::asm;
use core::fmt;
use core::hint::black_box;

use rex::kprobe::kprobe;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe, rex_printk};

#[allow(unconditional_recursion)]
#[inline(never)]
fn deeper(level: u64) -> u64 {
    black_box(deeper(black_box(level + 1))) + 1
}

#[rex_kprobe]
fn recursion(_: &kprobe, _: &mut PtRegs) -> Result {
    Ok(deeper(0) as i32)
}

#[allow(unconditional_recursion)]
#[inline(never)]
fn deeper_with_frame(level: u64) -> u64 {
    let mut frame = [level; 3 * 1024 / 8];
    black_box(&mut frame);
    black_box(deeper_with_frame(frame[0] + 1)) + frame[1]
}

#[rex_kprobe]
fn large_frames(_: &kprobe, _: &mut PtRegs) -> Result {
    Ok(deeper_with_frame(0) as i32)
}

/// Its text is its own text in brackets.
struct Nested(u64);

impl fmt::Display for Nested {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}]", Nested(black_box(self.0 + 1)))
    }
}

#[rex_kprobe]
fn formatting(_: &kprobe, _: &mut PtRegs) -> Result {
    rex_printk!("{}", Nested(0))
}

#[rex_kprobe]
fn message(_: &kprobe, _: &mut PtRegs) -> Result {
    panic!("{}", Nested(0));
}

/// A recursion that ends below the limit, time and again.
#[inline(never)]
fn down_and_up(levels: u64) -> u64 {
    if levels == 0 {
        return black_box(0);
    }
    black_box(down_and_up(levels - 1)) + 1
}

#[rex_kprobe]
fn deep_enough(_: &kprobe, _: &mut PtRegs) -> Result {
    for _ in 0..10 {
        assert!(down_and_up(black_box(100)) == 100);
    }
    Ok(0)
}

#[inline(never)]
fn push_for_ever() {
    // SAFETY: none: it is to hit the guard page, which no checked code does.
    unsafe { asm!("2:", "push rax", "jmp 2b") };
}

#[rex_kprobe]
fn guard_by_push(_: &kprobe, _: &mut PtRegs) -> Result {
    push_for_ever();
    Ok(0)
}

#[inline(never)]
fn pages_for_ever() {
    // SAFETY: see above.
    unsafe { asm!("2:", "sub rsp, 4088", "push rax", "jmp 2b") };
}

#[rex_kprobe]
fn guard_by_pages(_: &kprobe, _: &mut PtRegs) -> Result {
    pages_for_ever();
    Ok(0)
}
