// SPDX-License-Identifier: GPL-2.0
//! Atomics in an extension: those of `core`, in statics.
//!
//! `add` counts its runs, on whatever CPU they are, and `total` tells user space.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals)]

use core::sync::atomic::{AtomicU64, Ordering::Relaxed};

use rex::kprobe::kprobe;
use rex::map::RexArrayMap;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe, rex_map};

static COUNT: AtomicU64 = AtomicU64::new(0);

/// For what is not counted.
static STORED: AtomicU64 = AtomicU64::new(0);

/// What was counted, for user space.
#[rex_map]
static count: RexArrayMap<u64> = RexArrayMap::new(1, 0);

#[rex_kprobe]
fn empty(_: &kprobe, _: &mut PtRegs) -> Result {
    Ok(0)
}

#[rex_kprobe]
fn load(_: &kprobe, _: &mut PtRegs) -> Result {
    Ok((COUNT.load(Relaxed) == u64::MAX).into())
}

#[rex_kprobe]
fn store(_: &kprobe, _: &mut PtRegs) -> Result {
    STORED.store(1, Relaxed);
    Ok(0)
}

#[rex_kprobe]
fn add(_: &kprobe, _: &mut PtRegs) -> Result {
    COUNT.fetch_add(1, Relaxed);
    Ok(0)
}

#[rex_kprobe]
fn add_and_get(_: &kprobe, _: &mut PtRegs) -> Result {
    Ok((STORED.fetch_add(1, Relaxed) == u64::MAX).into())
}

#[rex_kprobe]
fn compare_exchange(_: &kprobe, _: &mut PtRegs) -> Result {
    Ok(STORED
        .compare_exchange(0, 1, Relaxed, Relaxed)
        .is_ok()
        .into())
}

#[rex_kprobe]
fn total(obj: &kprobe, _: &mut PtRegs) -> Result {
    obj.bpf_map_update_elem(&count, &0, &COUNT.load(Relaxed), 0)
}
