// SPDX-License-Identifier: GPL-2.0
//! Counts system calls, those of them that fail, and the time that they take.
//!
//! Two tracepoints see every system call of the machine: one remembers when a thread
//! entered, the other adds the call up. Each CPU has counts of its own, which the
//! loader adds up, so that no count is lost and no CPU waits for another.
#![no_std]
#![no_main]

use rex::helpers::TracingHelpers;
use rex::map::{RexArrayMap, RexLRUHashMap, RexPerCPUArrayMap};
use rex::task_struct::TaskStruct;
use rex::tracepoint::{RawSyscallsEnterCtx, RawSyscallsExitCtx, tracepoint};
use rex::{Result, rex_map, rex_tracepoint};

/// Numbers of system calls that are told apart; all from here on are one.
const CALLS: u32 = 512;

/// The kernel's `MAX_ERRNO`: results from `-MAX_ERRNO` to -1 are errors.
const MAX_ERRNO: i64 = 4095;

/// What to count; syscount.h has the same. 0 is everything.
#[derive(Clone, Copy)]
#[repr(C)]
struct Wanted {
    /// Of one process only.
    pid: i32,
    /// Only calls that fail.
    failed: u32,
    /// Only calls that fail with this error.
    errno: i64,
    /// Only processes below this control group, by its id, which is at this level:
    /// how far it is from the root.
    cgroup: u64,
    cgroup_level: i32,
    _pad: u32,
}

/// Of one system call; syscount.h has the same.
#[derive(Clone, Copy, Default)]
#[repr(C)]
struct Counts {
    calls: u64,
    errors: u64,
    /// Calls whose start was seen, and how long they took in all.
    timed: u64,
    ns: u64,
}

#[rex_map]
static WANTED: RexArrayMap<Wanted> = RexArrayMap::new(1, 0);

/// When each thread entered the system call that it is in. Some never return from one:
/// of more threads than there is room for, the oldest are forgotten.
#[rex_map]
static STARTS: RexLRUHashMap<i32, u64> = RexLRUHashMap::new(10240, 0);

#[rex_map]
static COUNTS: RexPerCPUArrayMap<Counts> = RexPerCPUArrayMap::new(CALLS + 1, 0);

impl Wanted {
    fn task(&self, obj: &TracingHelpers, task: &TaskStruct) -> bool {
        (self.pid == 0 || self.pid == task.get_tgid())
            && (self.cgroup == 0
                || self.cgroup == obj.bpf_get_current_ancestor_cgroup_id(self.cgroup_level))
    }

    fn result(&self, result: i64) -> bool {
        (self.failed == 0 || failed(result)) && (self.errno == 0 || result == -self.errno)
    }
}

fn failed(result: i64) -> bool {
    (-MAX_ERRNO..0).contains(&result)
}

#[rex_tracepoint]
fn sys_enter(obj: &tracepoint<RawSyscallsEnterCtx>, _: &'static RawSyscallsEnterCtx) -> Result {
    let (Some(task), Some(wanted)) = (obj.bpf_get_current_task(), WANTED.get(&0)) else {
        return Ok(0);
    };
    if wanted.task(obj, &task) {
        // A call whose start is not known is counted without its time.
        let _ = STARTS.insert(&task.get_pid(), &obj.bpf_ktime_get_ns());
    }
    Ok(0)
}

#[rex_tracepoint]
fn sys_exit(obj: &tracepoint<RawSyscallsExitCtx>, ctx: &'static RawSyscallsExitCtx) -> Result {
    let (Some(task), Some(wanted)) = (obj.bpf_get_current_task(), WANTED.get(&0)) else {
        return Ok(0);
    };
    if !wanted.task(obj, &task) {
        return Ok(0);
    }
    let start = STARTS.get(&task.get_pid());
    if start.is_some() {
        let _ = STARTS.delete(&task.get_pid());
    }
    let call = u32::try_from(ctx.id).map_or(CALLS, |id| id.min(CALLS));
    if let Some(counts) = COUNTS.get_mut(&call).filter(|_| wanted.result(ctx.ret)) {
        counts.calls += 1;
        counts.errors += u64::from(failed(ctx.ret));
        if let Some(start) = start {
            counts.timed += 1;
            counts.ns += obj.bpf_ktime_get_ns().saturating_sub(start);
        }
    }
    Ok(0)
}
