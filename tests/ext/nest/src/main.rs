// SPDX-License-Identifier: GPL-2.0
//! Programs in all contexts, which come on top of each other and do at random what
//! programs do: take things, work, call helpers, and end in one way or another.
//!
//! Each counts that it started and that it came to its end, and names itself in its panics.
#![no_std]
#![no_main]

use core::arch::asm;
use core::hint::black_box;
use core::mem::forget;
use core::sync::atomic::{AtomicU64, Ordering};

use rex::helpers::Helpers;
use rex::kprobe::kprobe;
use rex::linux::bpf::bpf_spin_lock;
use rex::map::{RexArrayMap, RexHashMap, RexRingBuf, RexRingBufEntry};
use rex::perf_event::{bpf_perf_event_data, perf_event};
use rex::pt_regs::PtRegs;
use rex::spinlock::rex_spinlock_guard;
use rex::task_struct::OwnedTaskStruct;
use rex::tracepoint::{TracepointContext, tracepoint};
use rex::{Result, rex_kprobe, rex_map, rex_perf_event, rex_tracepoint};

/// The programs, by their place in `counts`.
const NAMES: [&str; 7] = [
    "task",
    "inner",
    "softirq",
    "any_softirq",
    "hardirq",
    "sample",
    "nmi",
];
const NMI: usize = 6;

/// Starts and ends of each program.
#[allow(non_upper_case_globals)]
#[rex_map]
static counts: RexArrayMap<u64> = RexArrayMap::new(2 * NAMES.len() as u32, 0);

/// Whose task the programs take references to; one in how many runs ends badly, and
/// one in how many of those loops; whether `nmi` changes a hash map.
#[allow(non_upper_case_globals)]
#[rex_map]
static settings: RexArrayMap<u64> = RexArrayMap::new(5, 0);

const PID: u32 = 0;
const BAD: u32 = 1;
const LOOPS: u32 = 2;
/// When a program last began to loop with interrupts off.
const LAST_LOOP: u32 = 3;
const HASH_IN_NMI: u32 = 4;

const LOCKS: u32 = 4;

#[repr(C)]
#[derive(Clone, Copy)]
struct Locked {
    lock: bpf_spin_lock,
    holder: u32,
}

/// All programs take these: one that interrupts the holder gets none.
#[allow(non_upper_case_globals)]
#[rex_map]
static locks: RexArrayMap<Locked> = RexArrayMap::new(LOCKS, 0);

#[allow(non_upper_case_globals)]
#[rex_map]
static records: RexRingBuf = RexRingBuf::new(1 << 16, 0);

#[allow(non_upper_case_globals)]
#[rex_map]
static scratch: RexHashMap<u32, u64> = RexHashMap::new(64, 0);

fn count(helpers: &Helpers, what: usize) {
    if let Some(value) = helpers.bpf_map_lookup_elem(&counts, &(what as u32)) {
        // SAFETY: the value of a map: 8 bytes, aligned to 8, which live as long as the program.
        unsafe { AtomicU64::from_ptr(value) }.fetch_add(1, Ordering::Relaxed);
    }
}

fn setting(helpers: &Helpers, which: u32) -> u64 {
    helpers
        .bpf_map_lookup_elem(&settings, &which)
        .map_or(0, |value| *value)
}

fn one_in(helpers: &Helpers, cases: u64) -> bool {
    u64::from(helpers.bpf_get_prandom_u32()).is_multiple_of(cases)
}

/// What a program holds; dropped, it is given back.
struct Things<'a> {
    _lock: Option<rex_spinlock_guard<'a>>,
    _task: Option<OwnedTaskStruct>,
    _record: Option<RexRingBufEntry>,
}

fn take(helpers: &Helpers) -> Things<'_> {
    let which = helpers.bpf_get_prandom_u32() % LOCKS;
    let lock = helpers
        .bpf_map_lookup_elem(&locks, &which)
        .filter(|_| one_in(helpers, 4))
        .and_then(|value| rex_spinlock_guard::try_new(&mut value.lock).ok());
    let pid = setting(helpers, PID) as i32;
    Things {
        _lock: lock,
        _task: one_in(helpers, 4)
            .then(|| OwnedTaskStruct::from_pid(pid))
            .flatten(),
        _record: one_in(helpers, 4).then(|| records.reserve(16)).flatten(),
    }
}

#[inline(never)]
fn work(helpers: &Helpers, program: usize) {
    let rounds = helpers.bpf_get_prandom_u32() % 256;
    (0..rounds).for_each(|n| {
        black_box(n);
    });
    if program == NMI && setting(helpers, HASH_IN_NMI) == 0 {
        return;
    }
    for _ in 0..rounds % 4 {
        // `inner` is on what this calls.
        let key = helpers.bpf_get_prandom_u32() % 64;
        let _ = helpers.bpf_map_update_elem(&scratch, &key, &u64::from(rounds), 0);
    }
}

#[inline(never)]
#[allow(unconditional_recursion)]
fn deeper(level: u64) -> u64 {
    black_box(deeper(black_box(level + 1))) + 1
}

fn interrupts_are_on() -> bool {
    let flags: u64;
    // SAFETY: it pushes to the stack and takes it back.
    unsafe { asm!("pushfq", "pop {}", out(reg) flags, options(preserves_flags)) };
    flags & (1 << 9) != 0
}

/// With interrupts off it takes another CPU to end a program, so one at a time.
fn may_loop(helpers: &Helpers) -> bool {
    const LONGEST_NS: u64 = 1_000_000_000;
    if interrupts_are_on() {
        return true;
    }
    let Some(last) = helpers.bpf_map_lookup_elem(&settings, &LAST_LOOP) else {
        return false;
    };
    // SAFETY: as in count().
    let last = unsafe { AtomicU64::from_ptr(last) };
    let now = helpers.bpf_ktime_get_ns();
    last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| {
        (now.saturating_sub(last) > LONGEST_NS).then_some(now)
    })
    .is_ok()
}

fn loop_for_ever(helpers: &Helpers, program: usize) {
    let calls = one_in(helpers, 2);
    loop {
        if calls {
            work(helpers, program);
        }
        black_box(calls);
    }
}

fn end_badly(helpers: &Helpers, program: usize) {
    if one_in(helpers, setting(helpers, LOOPS)) && may_loop(helpers) {
        loop_for_ever(helpers, program);
    }
    match helpers.bpf_get_prandom_u32() % 3 {
        0 => panic!("in {}", NAMES[program]),
        1 => {
            deeper(0);
        }
        _ => {
            // SAFETY: none: the exception is what is wanted.
            unsafe { asm!("ud2") }
        }
    }
}

fn run(helpers: &Helpers, program: usize) -> Result {
    count(helpers, 2 * program);
    let things = take(helpers);
    work(helpers, program);
    if one_in(helpers, setting(helpers, BAD)) {
        end_badly(helpers, program);
    }
    if one_in(helpers, 8) {
        forget(things);
    } else {
        drop(things);
    }
    count(helpers, 2 * program + 1);
    Ok(0)
}

/// For a uprobe.
#[rex_kprobe]
fn task(obj: &kprobe, _: &mut PtRegs) -> Result {
    run(obj, 0)
}

#[rex_kprobe(function = "htab_map_update_elem")]
fn inner(obj: &kprobe, _: &mut PtRegs) -> Result {
    run(obj, 1)
}

#[rex_kprobe(function = "udp_rcv")]
fn softirq(obj: &kprobe, _: &mut PtRegs) -> Result {
    run(obj, 2)
}

#[rex_kprobe(function = "it_real_fn")]
fn hardirq(obj: &kprobe, _: &mut PtRegs) -> Result {
    run(obj, 4)
}

#[rex_perf_event]
fn sample(obj: &perf_event, _: &bpf_perf_event_data) -> Result {
    run(obj, 5)
}

macro_rules! at_tracepoints {
    ($($program:ident $number:literal $record:ident $section:literal)*) => {$(
        #[repr(C)]
        struct $record {
            _kernel: u64,
            _invocation: core::marker::PhantomData<*mut ()>,
        }

        // SAFETY: nothing of the record is read; a PhantomData of a raw pointer is neither Send nor Sync.
        unsafe impl TracepointContext for $record {
            const SECTION: &'static str = $section;
        }

        #[rex_tracepoint]
        fn $program(obj: &tracepoint<$record>, _: &'static $record) -> Result {
            run(obj, $number)
        }
    )*};
}

at_tracepoints! {
    any_softirq 3 SoftirqEntry "tracepoint/irq/softirq_entry"
    nmi 6 NmiHandler "tracepoint/nmi/nmi_handler"
}
