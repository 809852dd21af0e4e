// SPDX-License-Identifier: GPL-2.0
//! The ways in which a program can run off its stack, one a program.
//!
//! Attached to a function that only the test reaches.
#![no_std]
#![no_main]

use core::arch::asm;
use core::ffi::c_void;
use core::fmt;
use core::hint::black_box;

use rex::helpers::Helpers;
use rex::kprobe::kprobe;
use rex::map::{RexHashMap, RexRingBuf};
use rex::pt_regs::PtRegs;
use rex::task_struct::OwnedTaskStruct;
use rex::{Result, rex_kprobe, rex_map, rex_printk};

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

/// Elements are allocated when they are inserted, which takes more stack than to have them.
const BPF_F_NO_PREALLOC: u32 = 1;

#[allow(non_upper_case_globals)]
#[rex_map]
static allocated: RexHashMap<u32, u64> = RexHashMap::new(64, BPF_F_NO_PREALLOC);

#[allow(non_upper_case_globals)]
#[rex_map]
static records: RexRingBuf = RexRingBuf::new(1 << 12, 0);

unsafe extern "C" {
    static rex_frame: *const c_void;
}

/// Bytes between here and where the next stack check fails.
fn room() -> usize {
    let room: usize;
    // SAFETY: a per-CPU pointer to the frame, which begins with the limit.
    unsafe {
        asm!(
            "mov {limit}, gs:[{offset}]",
            "mov {limit}, [{limit}]",
            "mov {room}, rsp",
            "sub {room}, {limit}",
            offset = in(reg) &raw const rex_frame,
            limit = out(reg) _,
            room = out(reg) room,
            options(nostack),
        );
    }
    room
}

/// What goes deep in the kernel, for a few milliseconds, so that interrupts come meanwhile.
#[inline(never)]
fn helpers_of_all_kinds(helpers: &Helpers) {
    const LONG_NS: u64 = 2_000_000;
    let start = helpers.bpf_ktime_get_ns();
    while helpers.bpf_ktime_get_ns() - start < LONG_NS {
        let key = helpers.bpf_get_prandom_u32() % 64;
        let _ = helpers.bpf_map_update_elem(&allocated, &key, &start, 0);
        let _ = helpers.bpf_map_delete_elem(&allocated, &key);
        let _ = rex_printk!("deep {}", key);
        drop(records.reserve(16));
        let _ = records.output(&[0; 16], 0);
        drop(OwnedTaskStruct::from_pid(1));
    }
}

/// Uses the slack, too: what one may use after a check.
#[inline(never)]
fn below_the_limit(helpers: &Helpers) {
    let mut slack = [0_u8; 7 * 1024 + 512];
    black_box(&mut slack);
    helpers_of_all_kinds(helpers);
    black_box(&mut slack);
}

#[inline(never)]
fn down_to_the_limit(helpers: &Helpers, level: u64) -> u64 {
    if room() < 256 {
        below_the_limit(helpers);
        return level;
    }
    black_box(down_to_the_limit(helpers, black_box(level + 1)))
}

/// Uses all of the stack that a program can use, and then helpers.
struct Deep<'a>(&'a Helpers);

impl fmt::Display for Deep<'_> {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        black_box(down_to_the_limit(self.0, 0));
        Ok(())
    }
}

#[rex_kprobe]
fn deep_helpers(obj: &kprobe, _: &mut PtRegs) -> Result {
    panic!("{}", Deep(obj));
}
