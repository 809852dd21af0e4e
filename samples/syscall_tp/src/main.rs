// SPDX-License-Identifier: GPL-2.0
//! Counts the calls of open(2) and openat(2) that chosen processes make: those that
//! start in one map, those that return in another. In the end both say the same.
#![no_std]
#![no_main]

use rex::map::RexHashMap;
use rex::task_struct::TaskStruct;
use rex::tracepoint::{
    SyscallsEnterOpenCtx, SyscallsEnterOpenatCtx, SyscallsExitOpenCtx, SyscallsExitOpenatCtx,
    tracepoint,
};
use rex::{Result, rex_map, rex_tracepoint};

/// By process: only those are counted that the loader puts in, with 0.
type Counts = RexHashMap<i32, u64>;

#[allow(non_upper_case_globals)]
#[rex_map]
static enter_open_map: Counts = RexHashMap::new(1, 0);

#[allow(non_upper_case_globals)]
#[rex_map]
static exit_open_map: Counts = RexHashMap::new(1, 0);

fn count(counts: &'static Counts, task: Option<TaskStruct>) -> Result {
    if let Some(count) = task.and_then(|task| counts.get_mut(&task.get_tgid())) {
        *count += 1;
    }
    Ok(0)
}

#[rex_tracepoint]
fn enter_open(obj: &tracepoint<SyscallsEnterOpenCtx>, _: &'static SyscallsEnterOpenCtx) -> Result {
    count(&enter_open_map, obj.bpf_get_current_task())
}

#[rex_tracepoint]
fn enter_openat(
    obj: &tracepoint<SyscallsEnterOpenatCtx>,
    _: &'static SyscallsEnterOpenatCtx,
) -> Result {
    count(&enter_open_map, obj.bpf_get_current_task())
}

#[rex_tracepoint]
fn exit_open(obj: &tracepoint<SyscallsExitOpenCtx>, _: &'static SyscallsExitOpenCtx) -> Result {
    count(&exit_open_map, obj.bpf_get_current_task())
}

#[rex_tracepoint]
fn exit_openat(
    obj: &tracepoint<SyscallsExitOpenatCtx>,
    _: &'static SyscallsExitOpenatCtx,
) -> Result {
    count(&exit_open_map, obj.bpf_get_current_task())
}
