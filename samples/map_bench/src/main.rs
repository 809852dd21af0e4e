// SPDX-License-Identifier: GPL-2.0
//! Counts in maps and in a static: what is measured is getting at the value.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals)]

use core::sync::atomic::{AtomicU64, Ordering::Relaxed};

use rex::kprobe::kprobe;
use rex::map::{RexArrayMap, RexHashMap, RexPerCPUArrayMap};
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe, rex_map};

/// Which entry is counted in; the loader sets it.
#[rex_map]
static arg: RexArrayMap<u64> = RexArrayMap::new(1, 0);

#[rex_map]
static array_map: RexArrayMap<u64> = RexArrayMap::new(256, 0);

#[rex_map]
static percpu_array_map: RexPerCPUArrayMap<u64> = RexPerCPUArrayMap::new(256, 0);

#[rex_map]
static hash_map: RexHashMap<u32, u64> = RexHashMap::new(256, 0);

static COUNT: AtomicU64 = AtomicU64::new(0);

/// The key, which the compiler can't know.
fn key(obj: &kprobe) -> u32 {
    obj.bpf_map_lookup_elem(&arg, &0)
        .map_or(0, |key| *key as u32)
}

#[rex_kprobe]
fn empty(_: &kprobe, _: &mut PtRegs) -> Result {
    Ok(0)
}

/// Not an atomic addition: as in a map's value, others may count at the same time.
#[rex_kprobe]
fn static_variable(_: &kprobe, _: &mut PtRegs) -> Result {
    COUNT.store(COUNT.load(Relaxed) + 1, Relaxed);
    Ok(0)
}

#[rex_kprobe]
fn array_first(obj: &kprobe, _: &mut PtRegs) -> Result {
    if let Some(count) = obj.bpf_map_lookup_elem(&array_map, &0) {
        *count += 1;
    }
    Ok(0)
}

#[rex_kprobe]
fn percpu_array_first(obj: &kprobe, _: &mut PtRegs) -> Result {
    if let Some(count) = obj.bpf_map_lookup_elem(&percpu_array_map, &0) {
        *count += 1;
    }
    Ok(0)
}

/// What the programs below do, too.
#[rex_kprobe]
fn only_key(obj: &kprobe, _: &mut PtRegs) -> Result {
    Ok((key(obj) == u32::MAX).into())
}

#[rex_kprobe]
fn array(obj: &kprobe, _: &mut PtRegs) -> Result {
    if let Some(count) = obj.bpf_map_lookup_elem(&array_map, &key(obj)) {
        *count += 1;
    }
    Ok(0)
}

#[rex_kprobe]
fn percpu_array(obj: &kprobe, _: &mut PtRegs) -> Result {
    if let Some(count) = obj.bpf_map_lookup_elem(&percpu_array_map, &key(obj)) {
        *count += 1;
    }
    Ok(0)
}

#[rex_kprobe]
fn hash(obj: &kprobe, _: &mut PtRegs) -> Result {
    if let Some(count) = obj.bpf_map_lookup_elem(&hash_map, &key(obj)) {
        *count += 1;
    }
    Ok(0)
}

#[rex_kprobe]
fn array_update(obj: &kprobe, _: &mut PtRegs) -> Result {
    obj.bpf_map_update_elem(&array_map, &key(obj), &1, 0)
}

#[rex_kprobe]
fn hash_update(obj: &kprobe, _: &mut PtRegs) -> Result {
    obj.bpf_map_update_elem(&hash_map, &key(obj), &1, 0)
}
