// SPDX-License-Identifier: GPL-2.0
//! A map of each further kind, and a static, used at each dup(2) of a descriptor.
#![no_std]
#![no_main]

use core::hint::black_box;
use core::mem::MaybeUninit;
use core::sync::atomic::{AtomicU64, Ordering};

use rex::kprobe::kprobe;
use rex::map::{
    LpmKey, RexArrayMap, RexHashMap, RexLPMTrie, RexLRUHashMap, RexLRUPerCPUHashMap,
    RexPerCPUHashMap,
};
use rex::pt_regs::PtRegs;
use rex::tracepoint::{SyscallsEnterDupCtx, tracepoint};
use rex::{Result, rex_kprobe, rex_map, rex_tracepoint, rex_tracepoint_context, rex_uprobe};

/// The descriptor whose duplication counts.
const FD: u64 = 99;

/// A name for the length of an array.
const LETTERS: usize = 4;

/// Shown field by field.
#[derive(Clone, Copy, Default)]
#[repr(C)]
struct Visit {
    count: u64,
    place: Place,
    letters: [u8; LETTERS],
}

#[derive(Clone, Copy, Default)]
#[repr(C)]
struct Place {
    cpu: u32,
    change: i16,
    more: (u8, u8),
}

#[derive(Clone, Copy)]
#[repr(C)]
struct Visitor {
    tgid: u32,
    uid: u32,
}

#[rex_map]
static VISITS: RexHashMap<Visitor, Visit> = RexHashMap::new(8, 0);

/// Gets bytes that the program has not written.
#[rex_map]
static UNWRITTEN: RexArrayMap<MaybeUninit<[u64; 16]>> = RexArrayMap::new(1, 0);

#[rex_map]
static PER_CPU: RexPerCPUHashMap<u32, u64> = RexPerCPUHashMap::new(4, 0);

#[rex_map]
static RECENT: RexLRUHashMap<u64, u64> = RexLRUHashMap::new(32, 0);

#[rex_map]
static RECENT_PER_CPU: RexLRUPerCPUHashMap<u64, u64> = RexLRUPerCPUHashMap::new(32, 0);

#[rex_map]
static NETWORKS: RexLPMTrie<LpmKey<4>, u32> = RexLPMTrie::new(8, 0);

/// What came of it, in the order of the test's list. Programs write as many as there are.
#[allow(non_upper_case_globals)]
#[rex_map]
static answers: RexArrayMap<u64> = RexArrayMap::new(4, 0);

/// Keeps its value between runs.
static RUNS: AtomicU64 = AtomicU64::new(100);

fn answer(index: u32, value: u64) {
    // Where the loader made the map too small, the rest is lost.
    let _ = answers.insert(&index, &value);
}

/// Leaves bytes on the stack that no map must show.
#[inline(never)]
fn soil() {
    black_box([0xa5_u8; 2048]);
}

fn word(result: Result) -> u64 {
    i64::from(result.unwrap_or_else(|error| error)).cast_unsigned()
}

fn longest_prefix(address: [u8; 4]) -> u64 {
    NETWORKS.get(&LpmKey::new(32, address)).unwrap_or(0).into()
}

fn use_networks() -> Result {
    NETWORKS.insert(&LpmKey::new(8, [10, 0, 0, 0]), &8)?;
    NETWORKS.insert(&LpmKey::new(24, [10, 1, 2, 0]), &24)?;
    answer(4, longest_prefix([10, 1, 2, 3]));
    answer(5, longest_prefix([10, 9, 9, 9]));
    answer(6, longest_prefix([11, 0, 0, 1]));
    answer(7, word(NETWORKS.insert(&LpmKey::new(33, [0; 4]), &1)));
    NETWORKS.delete(&LpmKey::new(24, [10, 1, 2, 0]))?;
    answer(8, longest_prefix([10, 1, 2, 3]));
    Ok(0)
}

#[rex_tracepoint]
fn at_dup(obj: &tracepoint<SyscallsEnterDupCtx>, ctx: &'static SyscallsEnterDupCtx) -> Result {
    if ctx.fildes != FD {
        return Ok(0);
    }
    let cpu = obj.bpf_get_smp_processor_id().cast_unsigned();
    answer(0, RUNS.fetch_add(1, Ordering::Relaxed));

    soil();
    UNWRITTEN.insert(&0, &MaybeUninit::uninit())?;

    let visitor = Visitor {
        tgid: (obj.bpf_get_current_pid_tgid() >> 32) as u32,
        uid: obj.bpf_get_current_uid_gid() as u32,
    };
    let visit = Visit {
        count: 7,
        place: Place {
            cpu,
            change: -5,
            more: (1, 2),
        },
        letters: *b"abcd",
    };
    VISITS.insert(&visitor, &visit)?;

    PER_CPU.insert(&1, &(u64::from(cpu) + 1))?;
    answer(1, PER_CPU.get(&1).unwrap_or(0));
    for key in 0..1000 {
        RECENT.insert(&key, &key)?;
        RECENT_PER_CPU.insert(&key, &key)?;
    }
    answer(2, RECENT.get(&999).unwrap_or(0));
    answer(
        3,
        u64::from(RECENT.get(&0).is_none() && RECENT_PER_CPU.get(&0).is_none()),
    );
    use_networks()
}

/// What came of changes where another program may hold the map's lock: six of each place.
#[allow(non_upper_case_globals)]
#[rex_map]
static changes: RexArrayMap<u64> = RexArrayMap::new(3 * 6, 0);

fn change(place: u32) -> Result {
    let network = LpmKey::new(8, [10, 0, 0, 0]);
    let results = [
        RECENT.insert(&7, &7),
        RECENT_PER_CPU.insert(&7, &7),
        NETWORKS.insert(&network, &8),
        PER_CPU.insert(&7, &7),
        RECENT.delete(&7),
        NETWORKS.delete(&network),
    ];
    for (index, result) in (6 * place..).zip(results) {
        changes.insert(&index, &word(result))?;
    }
    Ok(0)
}

/// Nothing keeps programs in an NMI off one at a function of user space.
#[rex_uprobe]
fn in_task(_: &kprobe, _: &PtRegs) -> Result {
    for key in 1000..2000 {
        RECENT.insert(&key, &key)?;
    }
    change(0)
}

#[rex_kprobe]
fn in_breakpoint(_: &kprobe, _: &PtRegs) -> Result {
    change(1)
}

#[rex_tracepoint_context("nmi/nmi_handler")]
struct NmiHandler;

#[rex_tracepoint]
fn in_nmi(_: &tracepoint<NmiHandler>, _: &'static NmiHandler) -> Result {
    change(2)
}
