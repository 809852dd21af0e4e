// SPDX-License-Identifier: GPL-2.0
//! Calls every helper and every kind of map once, and leaves what came of it in maps.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use rex::helpers::TracingHelpers;
use rex::kprobe::kprobe;
use rex::map::{RexArrayMap, RexHashMap, RexPerCPUArrayMap, RexQueue, RexRingBuf, RexStack};
use rex::pt_regs::PtRegs;
use rex::tracepoint::{RawSyscallsEnterCtx, SyscallsEnterDupCtx, tracepoint};
use rex::{Result, rex_kprobe, rex_map, rex_printk, rex_tracepoint};

/// The descriptor whose duplication counts: no other process uses it.
const FD: u64 = 99;
const NR_DUP: i64 = rex::linux::unistd::__NR_dup as i64;

/// What the helpers returned, in the order of the test's list.
#[allow(non_upper_case_globals)]
#[rex_map]
static answers: RexArrayMap<u64> = RexArrayMap::new(80, 0);

#[rex_map]
static PER_CPU: RexPerCPUArrayMap<u64> = RexPerCPUArrayMap::new(1, 0);

#[rex_map]
static HASH: RexHashMap<[u8; 5], u64> = RexHashMap::new(2, 0);

#[rex_map]
static STACK: RexStack<u64> = RexStack::new(2, 0);

#[rex_map]
static QUEUE: RexQueue<u64> = RexQueue::new(2, 0);

#[rex_map]
static RING: RexRingBuf = RexRingBuf::new(4096, 0);

/// A result as a word: negative numbers are errors.
fn word(result: Result) -> u64 {
    i64::from(result.unwrap_or_else(|error| error)).cast_unsigned()
}

fn answer(words: &[u64], from: u32) -> Result {
    for (i, word) in (from..).zip(words) {
        answers.insert(&i, word)?;
    }
    Ok(0)
}

fn letters(name: &[u8]) -> u64 {
    name.iter()
        .take(8)
        .fold(0, |word, byte| word << 8 | u64::from(*byte))
}

fn ask(obj: &TracingHelpers) -> Result {
    let mut comm = [0; 16];
    obj.bpf_get_current_comm(&mut comm)?;
    let comm = comm.map(i8::cast_unsigned);

    let (mut copy, mut unreadable) = (0_u64, 1_u64);
    let stored = 0x0123_4567_89ab_cdef_u64;
    obj.bpf_probe_read_kernel(&mut copy, core::ptr::from_ref(&stored).cast())?;
    let user = obj.bpf_probe_read_kernel(&mut unreadable, core::ptr::without_provenance(8));
    let last = core::ptr::without_provenance(usize::MAX - 7);
    let unmapped = obj.bpf_probe_read_kernel(&mut unreadable, last);

    answer(
        &[
            u64::from(obj.bpf_get_smp_processor_id().cast_unsigned()),
            u64::from(obj.bpf_get_numa_node_id().cast_unsigned()),
            obj.bpf_ktime_get_ns(),
            obj.bpf_ktime_get_boot_ns(),
            obj.bpf_ktime_get_coarse_ns(),
            obj.bpf_jiffies64(),
            u64::from(obj.bpf_get_prandom_u32()) << 32 | u64::from(obj.bpf_get_prandom_u32()),
            obj.bpf_get_current_pid_tgid(),
            obj.bpf_get_current_uid_gid(),
            letters(&comm),
            copy,
            word(user),
            word(unmapped),
            unreadable,
        ],
        0,
    )
}

fn ask_task(obj: &TracingHelpers) -> Result {
    let task = obj.bpf_get_current_task().ok_or(-3)?;
    let name = task.get_comm().map_err(|_| -22)?;
    let regs = task.get_pt_regs();
    answer(
        &[
            u64::from(task.get_pid().cast_unsigned()),
            u64::from(task.get_tgid().cast_unsigned()),
            task.get_utime(),
            letters(name.to_bytes()),
            regs.orig_rax(),
            regs.rdi(),
            regs.cs() & 3,
        ],
        16,
    )
}

fn use_maps(obj: &TracingHelpers) -> Result {
    let hash = [
        word(HASH.update(b"first", &1)),
        word(HASH.insert_new(b"first", &1)),
        word(HASH.insert_new(b"first", &1)),
        word(HASH.insert(b"other", &2)),
        word(HASH.insert(b"third", &3)),
        HASH.get_mut(b"first").map_or(0, |value| {
            *value += 10;
            *value
        }),
        HASH.get(b"first").unwrap_or(0),
        word(HASH.delete(b"first")),
        word(obj.bpf_map_delete_elem(&HASH, b"first")),
        word(HASH.delete(b"other")),
    ];
    answer(&hash, 24)?;

    for value in 1..=2 {
        STACK.push(&value)?;
        QUEUE.push(&value)?;
    }
    let order = [
        word(STACK.push(&3)),
        word(QUEUE.push(&3)),
        word(STACK.force_push(&3)),
        word(QUEUE.force_push(&3)),
        STACK.peek().unwrap_or(0),
        QUEUE.peek().unwrap_or(0),
        STACK.pop().unwrap_or(0) * 10 + STACK.pop().unwrap_or(0),
        QUEUE.pop().unwrap_or(0) * 10 + QUEUE.pop().unwrap_or(0),
        u64::from(STACK.pop().is_none() && QUEUE.pop().is_none()),
        word(PER_CPU.insert(&0, &7)),
        PER_CPU.get(&0).unwrap_or(0),
    ];
    answer(&order, 40)
}

/// Texts that are longer than their buffers.
fn cut_texts(obj: &TracingHelpers) -> Result {
    let (mut formatted, mut read) = ([0xff; 8], [0xff; 8]);
    let needed = obj.bpf_snprintf(&mut formatted, "%d and more", &[7]);
    let text = c"a text of some length";
    let taken = obj.bpf_probe_read_kernel_str(&mut read, text.as_ptr().cast());
    answer(
        &[
            word(needed),
            letters(&formatted),
            word(taken),
            letters(&read),
        ],
        64,
    )
}

fn fill_ring_buffer() -> Result {
    answer(
        &[
            word(RING.output(&[1; 4000], 0)),
            word(RING.output(&[1; 100], 0)),
            u64::from(RING.reserve(100).is_none()),
            u64::from(RING.reserve(5000).is_none()),
        ],
        68,
    )
}

#[rex_tracepoint]
fn at_dup(obj: &tracepoint<SyscallsEnterDupCtx>, ctx: &'static SyscallsEnterDupCtx) -> Result {
    if ctx.fildes != FD || i64::from(ctx.syscall_nr) != NR_DUP {
        return Ok(0);
    }
    ask(obj)?;
    ask_task(obj)?;
    use_maps(obj)?;
    cut_texts(obj)?;
    fill_ring_buffer()
}

/// The same system call through the tracepoint of all of them.
#[rex_tracepoint]
fn at_any(_: &tracepoint<RawSyscallsEnterCtx>, ctx: &'static RawSyscallsEnterCtx) -> Result {
    if ctx.id == NR_DUP && ctx.args[0] == FD {
        answer(&[ctx.args[0]], 60)?;
    }
    Ok(0)
}

/// And through its function, whose one argument points to the registers of user space.
#[rex_kprobe(function = "__x64_sys_dup")]
fn at_function(obj: &kprobe, ctx: &mut PtRegs) -> Result {
    // The words of struct pt_regs, of which rdi is the 15th.
    let mut regs = [0_u64; 21];
    obj.bpf_probe_read_kernel(&mut regs, core::ptr::without_provenance(ctx.rdi() as usize))?;
    if regs[14] == FD {
        answer(
            &[
                regs[14],
                u64::from(ctx.rip() == 0),
                u64::from(ctx.rsp() == 0),
            ],
            61,
        )?;
        rex_printk!("on {}", Endless)?;
    }
    Ok(0)
}

/// A text longer than a line of the trace.
struct Endless;

impl core::fmt::Display for Endless {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        (0..1000).try_for_each(|_| f.write_str("and on "))
    }
}
