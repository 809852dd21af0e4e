// SPDX-License-Identifier: GPL-2.0
//! Programs that work for as long as user space says, in their own code and in helpers,
//! and count that they started and that they ended.
#![no_std]
#![no_main]

use core::hint::black_box;
use core::sync::atomic::{AtomicU64, Ordering};

use rex::helpers::Helpers;
use rex::kprobe::kprobe;
use rex::map::RexArrayMap;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe, rex_map};

/// How many rounds `work` works, and whether it is a random number below that.
#[allow(non_upper_case_globals)]
#[rex_map]
static rounds: RexArrayMap<u64> = RexArrayMap::new(2, 0);

/// Starts and ends of `work`, and of `short`.
#[allow(non_upper_case_globals)]
#[rex_map]
static counts: RexArrayMap<u64> = RexArrayMap::new(4, 0);

fn count(helpers: &Helpers, what: u32) {
    if let Some(value) = helpers.bpf_map_lookup_elem(&counts, &what) {
        // SAFETY: the value of a map: 8 bytes, aligned to 8, which live as long as the program.
        unsafe { AtomicU64::from_ptr(value) }.fetch_add(1, Ordering::Relaxed);
    }
}

fn wanted(helpers: &Helpers) -> u64 {
    let setting = |index| {
        helpers
            .bpf_map_lookup_elem(&rounds, &index)
            .map_or(0, |value| *value)
    };
    match setting(1) {
        0 => setting(0),
        _ => u64::from(helpers.bpf_get_prandom_u32()) % setting(0).max(1),
    }
}

#[inline(never)]
fn round(helpers: &Helpers, number: u64) -> u64 {
    let mut hash = number;
    for step in 0..black_box(32) {
        hash = (hash ^ step).wrapping_mul(0x100_0000_01b3);
    }
    if number.is_multiple_of(4) {
        hash ^= helpers.bpf_ktime_get_ns();
    }
    black_box(hash)
}

#[rex_kprobe]
fn work(obj: &kprobe, _: &mut PtRegs) -> Result {
    count(obj, 0);
    for number in 0..wanted(obj) {
        round(obj, number);
    }
    count(obj, 1);
    Ok(0)
}

#[rex_kprobe]
fn short(obj: &kprobe, _: &mut PtRegs) -> Result {
    count(obj, 2);
    round(obj, 4);
    count(obj, 3);
    Ok(0)
}
