// SPDX-License-Identifier: GPL-2.0
//! The ways in which a program can go on and on, one a program.
//!
//! A program runs away as often as user space says in `armed`, so that it can
//! be attached where the whole kernel passes by. It notes when it started, and that it
//! came to its end, which none should.
#![no_std]
#![no_main]

use core::fmt::{self, Write};
use core::hint::black_box;
use core::sync::atomic::{AtomicU64, Ordering};

use rex::helpers::Helpers;
use rex::kprobe::kprobe;
use rex::map::RexArrayMap;
use rex::pt_regs::PtRegs;
use rex::tracepoint::{TracepointContext, tracepoint};
use rex::{Result, rex_kprobe, rex_map, rex_tracepoint};

#[allow(non_upper_case_globals)]
#[rex_map]
static armed: RexArrayMap<u64> = RexArrayMap::new(1, 0);

/// When the last program that runs away started, in nanoseconds.
#[allow(non_upper_case_globals)]
#[rex_map]
static started: RexArrayMap<u64> = RexArrayMap::new(1, 0);

/// How many came to their end.
#[allow(non_upper_case_globals)]
#[rex_map]
static ended: RexArrayMap<u64> = RexArrayMap::new(1, 0);

#[allow(non_upper_case_globals)]
#[rex_map]
static lock: RexArrayMap<u64> = RexArrayMap::new(1, 0);

const PART: usize = 1 << 16;
const PARTS: u32 = 256;

/// The values of an array lie one behind the other: two slices of `PARTS` values each.
#[allow(non_upper_case_globals)]
#[rex_map]
static large: RexArrayMap<[u8; PART]> = RexArrayMap::new(2 * PARTS, 0);

unsafe extern "C" {
    fn rex_spin_lock(lock: *mut u32) -> i32;
    fn bpf_probe_read_kernel(to: *mut u8, size: u64, from: *const u8) -> u64;
}

fn run(helpers: &Helpers, away: fn(&Helpers)) -> Result {
    let Some(word) = helpers.bpf_map_lookup_elem(&armed, &0) else {
        return Ok(0);
    };
    // SAFETY: the value of a map: 8 bytes, aligned to 8, which live as long as the program.
    let word = unsafe { AtomicU64::from_ptr(word) };
    let armed_once_less = |times: u64| times.checked_sub(1);
    if word
        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, armed_once_less)
        .is_err()
    {
        return Ok(0);
    }
    let start = helpers.bpf_ktime_get_ns();
    helpers.bpf_map_update_elem(&started, &0, &start, 0)?;
    away(helpers);
    if let Some(count) = helpers.bpf_map_lookup_elem(&ended, &0) {
        *count += 1;
    }
    Ok(0)
}

fn spin() -> ! {
    let mut n = 0_u64;
    loop {
        n = black_box(n.wrapping_add(1));
    }
}

fn in_own_code(_: &Helpers) {
    spin();
}

fn in_helpers(helpers: &Helpers) {
    loop {
        black_box(helpers.bpf_ktime_get_ns());
    }
}

/// One call that takes longer than a short budget.
fn in_long_helper(helpers: &Helpers) {
    let (to, from) = two_large(helpers);
    // SAFETY: two slices of the same length.
    unsafe { bpf_probe_read_kernel(to.as_mut_ptr(), to.len() as u64, from.as_ptr()) };
}

struct Endless;

impl Drop for Endless {
    fn drop(&mut self) {
        spin();
    }
}

fn in_drop(_: &Helpers) {
    drop(black_box(Endless));
}

fn in_closure(_: &Helpers) {
    let step: &dyn Fn(u64) -> u64 = black_box(&|n| n ^ (n << 1));
    let mut n = 1;
    loop {
        n = step(n);
    }
}

fn in_iterator(_: &Helpers) {
    let sum: u64 = (0..u64::MAX)
        .map(|n| black_box(n) | 1)
        .filter(|n| n % 2 == 0)
        .sum();
    black_box(sum);
}

#[inline(never)]
fn ways(steps: u64) -> u64 {
    if steps < 2 {
        return black_box(1);
    }
    ways(steps - 1) + ways(steps - 2)
}

/// It returns from each level, after longer than anyone waits.
fn in_recursion(_: &Helpers) {
    black_box(ways(black_box(90)));
}

fn locked(helpers: &Helpers) {
    if let Some(value) = helpers.bpf_map_lookup_elem(&lock, &0) {
        // SAFETY: the first half of a map's value, which nothing but locking uses.
        let error = unsafe { rex_spin_lock((&raw mut *value).cast()) };
        assert!(error == 0, "the lock can't be taken: {error}");
    }
}

fn in_own_code_locked(helpers: &Helpers) {
    locked(helpers);
    spin();
}

fn in_helpers_locked(helpers: &Helpers) {
    locked(helpers);
    in_helpers(helpers);
}

fn large_from(helpers: &Helpers, index: u32) -> &mut [u8] {
    match helpers.bpf_map_lookup_elem(&large, &index) {
        // SAFETY: this value and the PARTS - 1 after it, which the program alone uses.
        Some(part) => unsafe {
            core::slice::from_raw_parts_mut(part.as_mut_ptr(), PART * PARTS as usize)
        },
        None => &mut [],
    }
}

fn two_large(helpers: &Helpers) -> (&mut [u8], &mut [u8]) {
    (large_from(helpers, 0), large_from(helpers, PARTS))
}

fn in_copy(helpers: &Helpers) {
    let (to, from) = two_large(helpers);
    loop {
        to.copy_from_slice(black_box(from));
    }
}

struct Nowhere;

impl fmt::Write for Nowhere {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        black_box(text);
        Ok(())
    }
}

fn in_formatting(_: &Helpers) {
    for n in 0_u64.. {
        let _ = write!(Nowhere, "{n:>40} {n:#018x} {:?} {:?}", "a\tb", Some(n));
    }
}

fn in_division(_: &Helpers) {
    let mut n = u128::MAX;
    loop {
        n = black_box(n) / black_box(3) + (1 << 120);
    }
}

struct EndlessText;

impl fmt::Display for EndlessText {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        spin();
    }
}

fn in_message(_: &Helpers) {
    panic!("{EndlessText}");
}

macro_rules! kprobes {
    ($($program:ident)*) => {$(
        const _: () = {
            #[rex_kprobe]
            fn $program(obj: &kprobe, _: &mut PtRegs) -> Result {
                run(obj, crate::$program)
            }
        };
    )*};
}

kprobes! {
    in_own_code in_helpers in_long_helper in_drop in_closure in_iterator in_recursion
    in_own_code_locked in_helpers_locked in_copy in_formatting in_division in_message
}

/// A tracepoint of which the record does not matter.
macro_rules! any_record {
    ($($name:ident $section:literal)*) => {$(
        #[repr(C)]
        struct $name {
            _kernel: u64,
            _invocation: core::marker::PhantomData<*mut ()>,
        }

        // SAFETY: nothing of the record is read; a PhantomData of a raw pointer is neither Send nor Sync.
        unsafe impl TracepointContext for $name {
            const SECTION: &'static str = $section;
        }
    )*};
}

any_record! {
    SoftirqEntry "tracepoint/irq/softirq_entry"
    NmiHandler "tracepoint/nmi/nmi_handler"
}

#[rex_tracepoint]
fn softirq_own_code(obj: &tracepoint<SoftirqEntry>, _: &'static SoftirqEntry) -> Result {
    run(obj, in_own_code)
}

#[rex_tracepoint]
fn nmi_own_code(obj: &tracepoint<NmiHandler>, _: &'static NmiHandler) -> Result {
    run(obj, in_own_code)
}

#[rex_tracepoint]
fn nmi_helpers(obj: &tracepoint<NmiHandler>, _: &'static NmiHandler) -> Result {
    run(obj, in_helpers)
}

#[rex_tracepoint]
fn nmi_recursion(obj: &tracepoint<NmiHandler>, _: &'static NmiHandler) -> Result {
    run(obj, in_recursion)
}

#[rex_tracepoint]
fn nmi_formatting(obj: &tracepoint<NmiHandler>, _: &'static NmiHandler) -> Result {
    run(obj, in_formatting)
}
