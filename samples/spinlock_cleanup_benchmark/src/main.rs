// SPDX-License-Identifier: GPL-2.0
//! What it takes to take a lock and release it, with the record in the ledger by which the kernel
//! releases it if the program ends in between.
//!
//! Each packet is a measurement. twin.bpf.c does the same in eBPF.
#![no_std]
#![no_main]

use rex::map::RexArrayMap;
use rex::spinlock::{bpf_spin_lock, rex_spinlock_guard};
use rex::xdp::{XDP_PASS, xdp, xdp_md};
use rex::{Result, rex_map, rex_xdp};

/// Times that the lock is taken in a measurement.
const PAIRS: u64 = 1024;

#[derive(Clone, Copy)]
#[repr(C)]
struct Locked {
    lock: bpf_spin_lock,
    taken: u32,
}

#[allow(non_upper_case_globals)]
#[rex_map]
static locked: RexArrayMap<Locked> = RexArrayMap::new(1, 0);

#[derive(Clone, Copy)]
#[repr(C)]
struct Measured {
    ns: u64,
    pairs: u64,
}

/// The sum of all measurements.
#[allow(non_upper_case_globals)]
#[rex_map]
static measured: RexArrayMap<Measured> = RexArrayMap::new(1, 0);

#[rex_xdp]
fn lock_and_unlock(obj: &xdp, _: &mut xdp_md) -> Result {
    let value = obj
        .bpf_map_lookup_elem(&locked, &0)
        .ok_or(XDP_PASS as i32)?;
    let sum = obj
        .bpf_map_lookup_elem(&measured, &0)
        .ok_or(XDP_PASS as i32)?;

    let start = obj.bpf_ktime_get_ns();
    for _ in 0..PAIRS {
        let _guard = rex_spinlock_guard::new(&mut value.lock);
        value.taken = value.taken.wrapping_add(1);
    }
    sum.ns += obj.bpf_ktime_get_ns() - start;
    sum.pairs += PAIRS;
    Ok(XDP_PASS as i32)
}
