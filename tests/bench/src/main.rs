// SPDX-License-Identifier: GPL-2.0
//! What the runtime does for programs: helper calls, what they hold, and their ends.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals)]

use rex::kprobe::kprobe;
use rex::linux::bpf::BPF_RB_NO_WAKEUP;
use rex::map::{RexArrayMap, RexRingBuf};
use rex::pt_regs::PtRegs;
use rex::spinlock::{bpf_spin_lock, rex_spinlock_guard};
use rex::task_struct::OwnedTaskStruct;
use rex::{Result, rex_kprobe, rex_map};

#[derive(Clone, Copy)]
#[repr(C)]
struct Locked {
    lock: bpf_spin_lock,
    count: u32,
}

#[rex_map]
static locked: RexArrayMap<Locked> = RexArrayMap::new(1, 0);

#[rex_map]
static records: RexRingBuf = RexRingBuf::new(1 << 16, 0);

/// When the program did the last thing that it did itself.
#[rex_map]
static stamp: RexArrayMap<u64> = RexArrayMap::new(1, 0);

#[rex_kprobe]
fn empty(_: &kprobe, _: &mut PtRegs) -> Result {
    Ok(0)
}

#[rex_kprobe]
fn helper(obj: &kprobe, _: &mut PtRegs) -> Result {
    Ok((obj.bpf_get_numa_node_id() == i32::MAX).into())
}

#[rex_kprobe]
fn spin_lock(obj: &kprobe, _: &mut PtRegs) -> Result {
    if let Some(value) = obj.bpf_map_lookup_elem(&locked, &0) {
        let _guard = rex_spinlock_guard::new(&mut value.lock);
        value.count += 1;
    }
    Ok(0)
}

/// The process with id 1 is always there.
#[rex_kprobe]
fn task_reference(_: &kprobe, _: &mut PtRegs) -> Result {
    Ok(OwnedTaskStruct::from_pid(1).is_none().into())
}

#[rex_kprobe]
fn ringbuf_submit(_: &kprobe, _: &mut PtRegs) -> Result {
    if let Some(mut record) = records.reserve(8) {
        record[0] = 1;
        record.submit(BPF_RB_NO_WAKEUP.into());
    }
    Ok(0)
}

#[rex_kprobe]
fn ringbuf_discard(_: &kprobe, _: &mut PtRegs) -> Result {
    if let Some(record) = records.reserve(8) {
        record.discard(BPF_RB_NO_WAKEUP.into());
    }
    Ok(0)
}

#[rex_kprobe]
fn panic(_: &kprobe, _: &mut PtRegs) -> Result {
    panic!("for the benchmark")
}

fn set_stamp(obj: &kprobe) {
    if let Some(time) = obj.bpf_map_lookup_elem(&stamp, &0) {
        *time = obj.bpf_ktime_get_ns();
    }
}

#[rex_kprobe]
fn returns(obj: &kprobe, _: &mut PtRegs) -> Result {
    set_stamp(obj);
    Ok(0)
}

#[rex_kprobe]
fn runs_for_ever(obj: &kprobe, _: &mut PtRegs) -> Result {
    loop {
        set_stamp(obj);
    }
}
