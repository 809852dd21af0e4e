// SPDX-License-Identifier: GPL-2.0
//! Counts, at each sample of a perf event, where its process is: the stack in the
//! kernel and the stack in user space.
//!
//! Stacks are in a map of their own, which gives each of them a number; samples with
//! the same two stacks in the same process are one count. The loader says of which event.
#![no_std]
#![no_main]

use core::ffi::c_char;

use rex::linux::bpf::BPF_F_USER_STACK;
use rex::map::{RexPerCPUArrayMap, RexPerCPUHashMap, RexStackTrace};
use rex::perf_event::{bpf_perf_event_data, perf_event};
use rex::{Result, rex_map, rex_perf_event};

/// The kernel's `PERF_MAX_STACK_DEPTH`.
const DEPTH: usize = 127;

/// Where samples hit; trace_event.h has the same.
#[derive(Clone, Copy)]
#[repr(C)]
struct Place {
    pid: i32,
    /// Numbers of stacks, or a negative errno where there is none.
    kernel_stack: i32,
    user_stack: i32,
    comm: [c_char; 16],
}

#[rex_map]
static STACKS: RexStackTrace<u32, [u64; DEPTH]> = RexStackTrace::new(4096, 0);

/// Of each CPU its own, so that no count is lost.
#[rex_map]
static COUNTS: RexPerCPUHashMap<Place, u64> = RexPerCPUHashMap::new(4096, 0);

/// Samples that had no room in COUNTS.
#[rex_map]
static LOST: RexPerCPUArrayMap<u64> = RexPerCPUArrayMap::new(1, 0);

#[rex_perf_event]
fn on_sample(obj: &perf_event, ctx: &bpf_perf_event_data) -> Result {
    let mut place = Place {
        pid: (obj.bpf_get_current_pid_tgid() >> 32) as i32,
        kernel_stack: number(obj.bpf_get_stackid_pe(ctx, &STACKS, 0)),
        user_stack: number(obj.bpf_get_stackid_pe(ctx, &STACKS, BPF_F_USER_STACK.into())),
        comm: [0; 16],
    };
    obj.bpf_get_current_comm(&mut place.comm)?;
    match COUNTS.get_mut(&place) {
        Some(count) => *count += 1,
        None if COUNTS.insert(&place, &1).is_err() => *LOST.get_mut(&0).ok_or(0)? += 1,
        None => {}
    }
    Ok(0)
}

/// Both sides of a `bpf_get_stackid_pe`: the number of a stack, or why there is none.
fn number(stack: Result) -> i32 {
    stack.unwrap_or_else(|error| error)
}
