// SPDX-License-Identifier: GPL-2.0
//! Takes a lock in a map's value and drops it; then takes it again and panics.
//!
//! `drop` does not run in a panic: the kernel gives the lock back, since its ledger
//! has it. So the next dup(2) finds the lock free, where an eBPF program that could
//! end this way would have left it taken for ever.
#![no_std]
#![no_main]

use rex::map::RexArrayMap;
use rex::spinlock::{bpf_spin_lock, rex_spinlock_guard};
use rex::tracepoint::{SyscallsEnterDupCtx, tracepoint};
use rex::{Result, rex_map, rex_printk, rex_tracepoint};

#[derive(Clone, Copy)]
#[repr(C)]
struct Turns {
    lock: bpf_spin_lock,
    taken: u32,
}

#[rex_map]
static TURNS: RexArrayMap<Turns> = RexArrayMap::new(1, 0);

#[rex_tracepoint]
fn rex_prog1(obj: &tracepoint<SyscallsEnterDupCtx>, _: &'static SyscallsEnterDupCtx) -> Result {
    let turns = obj.bpf_map_lookup_elem(&TURNS, &0).ok_or(0)?;

    let guard = rex_spinlock_guard::new(&mut turns.lock);
    turns.taken += 1;
    drop(guard);
    rex_printk!("Lock taken and dropped, turn {}.", turns.taken)?;

    let _guard = rex_spinlock_guard::new(&mut turns.lock);
    panic!("with the lock held, turn {}", turns.taken);
}
