// SPDX-License-Identifier: GPL-2.0
//! A program that holds things, and ends in one of several ways while it does.
//!
//! It goes below the crate, whose guards give back what they hold: it calls the
//! kernel's functions itself, as many times as user space says, and forgets what it got.
#![no_std]
#![no_main]

use core::arch::asm;
use core::ffi::c_void;
use core::hint::black_box;
use core::sync::atomic::{AtomicU64, Ordering};

use rex::helpers::Helpers;
use rex::kprobe::kprobe;
use rex::map::{RexArrayMap, RexHashMap, RexMapHandle};
use rex::perf_event::{bpf_perf_event_data, perf_event};
use rex::pt_regs::PtRegs;
use rex::tracepoint::{TracepointContext, tracepoint};
use rex::{Result, rex_kprobe, rex_map, rex_perf_event, rex_tracepoint};

/// More than a ledger can hold.
const LOCKS: u32 = 256;
const RECORD: u64 = 16;

#[allow(non_upper_case_globals)]
#[rex_map]
static locks: RexArrayMap<u64> = RexArrayMap::new(LOCKS, 0);

const BPF_MAP_TYPE_RINGBUF: u32 = 27;

#[allow(non_upper_case_globals)]
#[rex_map]
static records: RexMapHandle<BPF_MAP_TYPE_RINGBUF, (), ()> = RexMapHandle::new(1 << 16, 0);

/// What a program shall do: see the constants. `around` has a second set, OUTER further on.
#[allow(non_upper_case_globals)]
#[rex_map]
static wanted: RexArrayMap<u64> = RexArrayMap::new(2 * OUTER, 0);

const OUTER: u32 = 8;

const LOCK_CNT: u32 = 0;
const TASK_CNT: u32 = 1;
const RECORD_CNT: u32 = 2;
/// Whose task.
const PID: u32 = 3;
/// How it ends: one of the END_*.
const END: u32 = 4;
/// Whether all locks shall be the same one.
const SAME_LOCK: u32 = 5;
/// How often it shall do it: the kernel comes by more often than the test wants.
const ARMED: u32 = 6;

const END_RELEASE: u64 = 0;
const END_FORGET: u64 = 1;
const END_PANIC: u64 = 2;
const END_LOOP: u64 = 3;
const END_FAULT: u64 = 4;
const END_OVERFLOW: u64 = 5;
const END_HELPER: u64 = 6;

/// What it got: how many locks, tasks and records, as user space numbers what it wants;
/// the last error of a lock, positive; the address of the task; how often interrupts
/// were off when it started.
#[allow(non_upper_case_globals)]
#[rex_map]
static got: RexArrayMap<u64> = RexArrayMap::new(8, 0);

const LOCK_ERROR: u32 = 3;
const TASK: u32 = 4;
const WITHOUT_INTERRUPTS: u32 = 5;
const FREED: u32 = 6;
const INNER_ERROR: u32 = 7;

unsafe extern "C" {
    fn rex_spin_lock(lock: *mut c_void) -> i32;
    fn rex_spin_unlock(lock: *mut c_void);
    fn rex_task_from_pid(pid: i32) -> *mut c_void;
    fn rex_task_put(task: *mut c_void);
    fn rex_ringbuf_reserve(map: *mut c_void, size: u64) -> *mut c_void;
    fn rex_ringbuf_submit(sample: *mut c_void, flags: u64) -> i32;
    fn rex_ringbuf_discard(sample: *mut c_void, flags: u64) -> i32;
}

fn want(helpers: &Helpers, what: u32) -> u64 {
    helpers
        .bpf_map_lookup_elem(&wanted, &what)
        .map_or(0, |value| *value)
}

/// Takes one of the times that the program shall do it.
fn armed(helpers: &Helpers, set: u32) -> bool {
    let Some(left) = helpers.bpf_map_lookup_elem(&wanted, &(set + ARMED)) else {
        return false;
    };
    // SAFETY: the value of a map: 8 bytes, aligned to 8, which live as long as the program.
    unsafe { AtomicU64::from_ptr(left) }
        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
            left.checked_sub(1)
        })
        .is_ok()
}

fn note(helpers: &Helpers, what: u32, value: u64) {
    if let Some(place) = helpers.bpf_map_lookup_elem(&got, &what) {
        *place = value;
    }
}

fn lock_at(helpers: &Helpers, index: u32) -> *mut c_void {
    helpers
        .bpf_map_lookup_elem(&locks, &index)
        .map_or(core::ptr::null_mut(), |value| (&raw mut *value).cast())
}

fn nth_lock(helpers: &Helpers, set: u32, n: u64) -> *mut c_void {
    // So that the outer program's locks are not those of the inner one.
    let first = set * (LOCKS / 2 / OUTER);
    let same = want(helpers, set + SAME_LOCK) != 0;
    lock_at(helpers, (first + if same { 0 } else { n as u32 }) % LOCKS)
}

fn interrupts_are_on() -> bool {
    let flags: u64;
    // SAFETY: it pushes to the stack and takes it back.
    unsafe { asm!("pushfq", "pop {}", out(reg) flags, options(preserves_flags)) };
    flags & (1 << 9) != 0
}

fn take_locks(helpers: &Helpers, set: u32) -> u64 {
    for n in 0..want(helpers, set + LOCK_CNT) {
        // SAFETY: a value of a map, which nothing but locking uses.
        let error = unsafe { rex_spin_lock(nth_lock(helpers, set, n)) };
        if error != 0 {
            note(helpers, LOCK_ERROR, i64::from(-error) as u64);
            return n;
        }
    }
    want(helpers, set + LOCK_CNT)
}

fn take_tasks(helpers: &Helpers, set: u32) -> u64 {
    let pid = want(helpers, set + PID) as i32;
    for n in 0..want(helpers, set + TASK_CNT) {
        // SAFETY: any number will do.
        let task = unsafe { rex_task_from_pid(pid) };
        if task.is_null() {
            return n;
        }
        note(helpers, TASK, task.addr() as u64);
    }
    want(helpers, set + TASK_CNT)
}

/// The kernel's map, the last word of the handle that a map's static is.
fn ring_buffer() -> *mut c_void {
    const MAP: usize = 3;
    // SAFETY: a handle has four words; the kernel wrote this one when it loaded the object.
    unsafe {
        (&raw const records)
            .cast::<*mut c_void>()
            .add(MAP)
            .read_volatile()
    }
}

fn take_records(helpers: &Helpers, set: u32, samples: &mut [*mut c_void; 8]) -> u64 {
    for n in 0..want(helpers, set + RECORD_CNT) {
        // SAFETY: the map is a ring buffer.
        let sample = unsafe { rex_ringbuf_reserve(ring_buffer(), RECORD) };
        if sample.is_null() {
            return n;
        }
        // SAFETY: it has RECORD bytes.
        unsafe { sample.cast::<u64>().write(n) };
        samples[n as usize % samples.len()] = sample;
    }
    want(helpers, set + RECORD_CNT)
}

/// Gives back what it took; of the records half is for user space.
fn release(helpers: &Helpers, set: u32, samples: &[*mut c_void]) {
    for n in 0..want(helpers, set + LOCK_CNT) {
        // SAFETY: only what is held is released.
        unsafe { rex_spin_unlock(nth_lock(helpers, set, n)) };
    }
    let task = core::ptr::with_exposed_provenance_mut(
        helpers
            .bpf_map_lookup_elem(&got, &TASK)
            .map_or(0, |task| *task as usize),
    );
    for _ in 0..want(helpers, set + TASK_CNT) {
        // SAFETY: as above.
        unsafe { rex_task_put(task) };
    }
    for (n, sample) in samples
        .iter()
        .filter(|sample| !sample.is_null())
        .enumerate()
    {
        let give = if n % 2 == 0 {
            rex_ringbuf_submit
        } else {
            rex_ringbuf_discard
        };
        // SAFETY: as above.
        unsafe { give(*sample, 0) };
    }
}

#[inline(never)]
#[allow(unconditional_recursion)]
fn deeper(level: u64) -> u64 {
    black_box(deeper(black_box(level + 1))) + 1
}

/// Takes what is wanted and says what it got.
fn take(helpers: &Helpers, set: u32, samples: &mut [*mut c_void; 8]) {
    let taken = [
        take_locks(helpers, set),
        take_tasks(helpers, set),
        take_records(helpers, set, samples),
    ];
    for (what, count) in taken.iter().enumerate() {
        note(helpers, what as u32, *count);
    }
}

fn end(helpers: &Helpers, set: u32, samples: &[*mut c_void; 8]) {
    match want(helpers, set + END) {
        END_RELEASE => release(helpers, set, samples),
        END_PANIC => panic!(
            "holding {:?}",
            [0, 1, 2].map(|what| want(helpers, set + what))
        ),
        END_LOOP => loop {
            black_box(samples);
        },
        END_FAULT => {
            // SAFETY: none: the exception is what is wanted.
            unsafe { asm!("ud2") }
        }
        END_OVERFLOW => {
            deeper(0);
        }
        END_HELPER => loop {
            black_box(helpers.bpf_ktime_get_ns());
        },
        END_FORGET | _ => {}
    }
}

fn hold_and_end(helpers: &Helpers) -> Result {
    if !armed(helpers, 0) {
        return Ok(0);
    }
    if !interrupts_are_on()
        && let Some(count) = helpers.bpf_map_lookup_elem(&got, &WITHOUT_INTERRUPTS)
    {
        *count += 1;
    }
    let mut samples = [core::ptr::null_mut(); 8];
    take(helpers, 0, &mut samples);
    end(helpers, 0, &samples);
    Ok(0)
}

#[rex_kprobe]
fn hold(obj: &kprobe, _: &mut PtRegs) -> Result {
    hold_and_end(obj)
}

#[rex_perf_event]
fn hold_sample(obj: &perf_event, _: &bpf_perf_event_data) -> Result {
    hold_and_end(obj)
}

/// Tracepoints of which the record does not matter.
macro_rules! at_tracepoints {
    ($($program:ident $record:ident $section:literal)*) => {$(
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
            hold_and_end(obj)
        }
    )*};
}

at_tracepoints! {
    hold_system_call GetPriority "tracepoint/syscalls/sys_enter_getpriority"
    hold_softirq SoftirqEntry "tracepoint/irq/softirq_entry"
    hold_hardirq HrtimerExpireEntry "tracepoint/timer/hrtimer_expire_entry"
    hold_nmi NmiHandler "tracepoint/nmi/nmi_handler"
}

/// For a uprobe: holds things while a helper runs that `hold` is attached to, and then ends.
#[rex_kprobe]
fn around(obj: &kprobe, _: &mut PtRegs) -> Result {
    let mut samples = [core::ptr::null_mut(); 8];
    take(obj, OUTER, &mut samples);
    obj.bpf_map_update_elem(&scratch, &0, &1, 0)?;
    end(obj, OUTER, &samples);
    Ok(0)
}

/// On the kernel's function that frees a task: counts that of the task held last.
#[rex_kprobe(function = "free_task")]
fn task_freed(obj: &kprobe, regs: &mut PtRegs) -> Result {
    if let Some(task) = obj.bpf_map_lookup_elem(&got, &TASK)
        && *task == regs.rdi()
        && let Some(count) = obj.bpf_map_lookup_elem(&got, &FREED)
    {
        *count += 1;
    }
    Ok(0)
}

#[allow(non_upper_case_globals)]
#[rex_map]
static scratch: RexHashMap<u32, u64> = RexHashMap::new(16, 0);

/// For a uprobe: takes the first lock, then calls a helper which `inner` is on, then panics if asked to.
#[rex_kprobe]
fn outer(obj: &kprobe, _: &mut PtRegs) -> Result {
    // SAFETY: as in take_locks().
    let error = unsafe { rex_spin_lock(lock_at(obj, 0)) };
    note(obj, LOCK_ERROR, i64::from(-error) as u64);
    obj.bpf_map_update_elem(&scratch, &0, &1, 0)?;
    // SAFETY: as in release().
    unsafe { rex_spin_unlock(lock_at(obj, 0)) };
    Ok(0)
}

/// Tries to take the lock that the program holds that it interrupted.
#[rex_kprobe(function = "htab_map_update_elem")]
fn inner(obj: &kprobe, _: &mut PtRegs) -> Result {
    // SAFETY: as in take_locks().
    let error = unsafe { rex_spin_lock(lock_at(obj, 0)) };
    note(obj, INNER_ERROR, i64::from(-error) as u64);
    Ok(0)
}

/// What `add` adds to.
#[allow(non_upper_case_globals)]
#[rex_map]
static sum: RexArrayMap<u64> = RexArrayMap::new(1, 0);

/// Adds to a number that all CPUs share, a step at a time, under the first lock.
#[rex_kprobe]
fn add(obj: &kprobe, _: &mut PtRegs) -> Result {
    let lock = lock_at(obj, 0);
    // SAFETY: as in take_locks().
    let error = unsafe { rex_spin_lock(lock) };
    if error != 0 {
        return Err(error);
    }
    if let Some(value) = obj.bpf_map_lookup_elem(&sum, &0) {
        let before = black_box(*value);
        *value = black_box(before + 1);
    }
    // SAFETY: as in release().
    unsafe { rex_spin_unlock(lock) };
    Ok(0)
}

/// Takes two locks, on odd CPUs in the opposite order, with some time between.
#[rex_kprobe]
fn crosswise(obj: &kprobe, _: &mut PtRegs) -> Result {
    let first = obj.bpf_get_smp_processor_id() as u32 % 2;
    for lock in [first, 1 - first] {
        // SAFETY: as in take_locks().
        let error = unsafe { rex_spin_lock(lock_at(obj, lock)) };
        if error != 0 {
            note(obj, LOCK_ERROR, i64::from(-error) as u64);
            panic!("lock {lock}: error {error}");
        }
        let start = obj.bpf_ktime_get_ns();
        while obj.bpf_ktime_get_ns() - start < 1_000_000 {}
    }
    Ok(0)
}
