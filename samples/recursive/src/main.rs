// SPDX-License-Identifier: GPL-2.0
//! Calls to a depth that user space chooses.
//!
//! A recursion, which is an ordinary function here, and one whose depth nobody but the
//! stack check limits. In eBPF a program calls seven functions deep at most; deeper it
//! goes by tail calls, 33 at most.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals)]

use rex::kprobe::kprobe;
use rex::map::RexArrayMap;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe, rex_map};

/// The depth.
#[rex_map]
static arg: RexArrayMap<u64> = RexArrayMap::new(1, 0);

/// Calls itself until it is `left` calls deep. What it does with the result keeps the
/// compiler from making a loop of it.
#[inline(never)]
fn descend(left: u64) -> u64 {
    if left == 1 {
        return 1;
    }
    descend(left - 1).wrapping_mul(3) ^ left
}

#[rex_kprobe]
fn recurse(obj: &kprobe, _: &mut PtRegs) -> Result {
    let depth = obj.bpf_map_lookup_elem(&arg, &0).map_or(0, |depth| *depth);
    if depth == 0 {
        return Ok(0);
    }
    Ok((descend(depth) == u64::MAX).into())
}
