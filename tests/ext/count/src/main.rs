// SPDX-License-Identifier: GPL-2.0
//! Programs that count how often they ran, on which CPU.
//!
//! An entry of a map belongs to one CPU: programs do not migrate, and the ones
//! here that share a map do not nest, so that nobody else changes it meanwhile.
#![no_std]
#![no_main]

use rex::kprobe::kprobe;
use rex::map::{RexArrayMap, RexHashMap};
use rex::pt_regs::PtRegs;
use rex::tracepoint::{SyscallsEnterDupCtx, tracepoint};
use rex::{Result, rex_kprobe, rex_map, rex_printk, rex_tracepoint};

const CPUS: u32 = 64;
/// The descriptor whose duplication counts: no other process uses it.
const FD: u64 = 99;

#[allow(non_upper_case_globals)]
#[rex_map]
static dups: RexArrayMap<u64> = RexArrayMap::new(CPUS, 0);

#[allow(non_upper_case_globals)]
#[rex_map]
static calls: RexArrayMap<u64> = RexArrayMap::new(CPUS, 0);

#[allow(non_upper_case_globals)]
#[rex_map]
static scratch: RexHashMap<u32, u64> = RexHashMap::new(CPUS, 0);

/// Outer starts, outer ends, inner starts: what `outer` and `inner` count.
#[allow(non_upper_case_globals)]
#[rex_map]
static nesting: RexArrayMap<u64> = RexArrayMap::new(3, 0);

#[rex_tracepoint]
fn count_dup(obj: &tracepoint<SyscallsEnterDupCtx>, ctx: &'static SyscallsEnterDupCtx) -> Result {
    let cpu = obj.bpf_get_smp_processor_id() as u32;
    if ctx.fildes == FD
        && let Some(count) = obj.bpf_map_lookup_elem(&dups, &cpu)
    {
        *count += 1;
    }
    Ok(0)
}

#[rex_kprobe]
fn count_call(obj: &kprobe, _: &mut PtRegs) -> Result {
    let cpu = obj.bpf_get_smp_processor_id() as u32;
    if let Some(count) = obj.bpf_map_lookup_elem(&calls, &cpu) {
        *count += 1;
    }
    Ok(0)
}

fn count_nesting(obj: &kprobe, what: u32) {
    if let Some(count) = obj.bpf_map_lookup_elem(&nesting, &what) {
        *count += 1;
    }
}

/// For a uprobe; its helper reaches the function that `inner` is on.
#[rex_kprobe]
fn outer(obj: &kprobe, _: &mut PtRegs) -> Result {
    count_nesting(obj, 0);
    let updated = obj.bpf_map_update_elem(&scratch, &0, &1, 0);
    count_nesting(obj, 1);
    updated
}

/// On the kernel's function behind the update of a hash map.
#[rex_kprobe(function = "htab_map_update_elem")]
fn inner(obj: &kprobe, _: &mut PtRegs) -> Result {
    count_nesting(obj, 2);
    Ok(0)
}

/// The same, and then it panics.
#[rex_kprobe(function = "htab_map_update_elem")]
fn inner_panic(obj: &kprobe, _: &mut PtRegs) -> Result {
    count_nesting(obj, 2);
    panic!("in the inner program")
}

/// Panics after the inner program has ended.
#[rex_kprobe]
fn outer_panic(obj: &kprobe, _: &mut PtRegs) -> Result {
    count_nesting(obj, 0);
    obj.bpf_map_update_elem(&scratch, &0, &1, 0)?;
    panic!("in the outer program")
}

/// Runs until user space has seen it run: 1 says that it does, 2 that it may end.
#[allow(non_upper_case_globals)]
#[rex_map]
static stage: RexArrayMap<u64> = RexArrayMap::new(1, 0);

const LONGEST_NS: u64 = 5_000_000_000;

#[inline(never)]
fn wait_for_user_space(obj: &kprobe) {
    let end = obj.bpf_ktime_get_ns() + LONGEST_NS;
    while obj.bpf_ktime_get_ns() < end {
        match obj.bpf_map_lookup_elem(&stage, &0) {
            Some(value) if *value < 2 => *value = 1,
            _ => return,
        }
    }
}

#[rex_kprobe]
fn stay(obj: &kprobe, _: &mut PtRegs) -> Result {
    wait_for_user_space(obj);
    Ok(0)
}

#[inline(never)]
fn say(obj: &tracepoint<SyscallsEnterDupCtx>) -> Result {
    rex_printk!("on CPU {}", obj.bpf_get_smp_processor_id())
}

/// Prints a line from a function below the program.
#[rex_tracepoint]
fn print(obj: &tracepoint<SyscallsEnterDupCtx>, ctx: &'static SyscallsEnterDupCtx) -> Result {
    if ctx.fildes != FD {
        return Ok(0);
    }
    // Not the program's last step, so that it stays on the stack.
    say(obj).and(Ok(0))
}
