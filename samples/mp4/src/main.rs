// SPDX-License-Identifier: GPL-2.0
//! Answers for each pid in a queue how much CPU time the process has used.
//!
//! The loader puts pids into the queue, and writes to /dev/null. That write runs this
//! program, which takes the pids out of the queue, finds their processes, and sends
//! the times back through a ring buffer. A pid without a process has no answer.
#![no_std]
#![no_main]

use rex::kprobe::kprobe;
use rex::map::{RexArrayMap, RexQueue, RexRingBuf};
use rex::pt_regs::PtRegs;
use rex::task_struct::OwnedTaskStruct;
use rex::utils::convert_slice_to_struct_mut;
use rex::{Result, rex_kprobe, rex_map};

/// What the loader gets for a pid; its `struct cpu_time` is the same.
#[derive(Clone, Copy)]
#[repr(C)]
struct CpuTime {
    pid: i32,
    _pad: u32,
    utime_ns: u64,
}

/// The pids to answer for.
#[rex_map]
static PIDS: RexQueue<i32> = RexQueue::new(64, 0);

/// The answers.
#[rex_map]
static TIMES: RexRingBuf = RexRingBuf::new(4096, 0);

/// The loader's pid: others write to /dev/null too, and would take its pids away
/// while it looks for the answers.
#[rex_map]
static LOADER: RexArrayMap<i32> = RexArrayMap::new(1, 0);

#[rex_kprobe(function = "write_null")]
fn mp4(obj: &kprobe, _: &mut PtRegs) -> Result {
    let Some(caller) = obj.bpf_get_current_task() else {
        return Ok(0);
    };
    if LOADER.get(&0) != Some(caller.get_tgid()) {
        return Ok(0);
    }
    // First the room for the answer: a pid that gets none stays in the queue.
    while let Some(mut answer) = TIMES.reserve(size_of::<CpuTime>()) {
        let Some(pid) = PIDS.pop() else {
            break;
        };
        let Some(task) = valid(pid).and_then(OwnedTaskStruct::from_pid) else {
            continue;
        };
        *convert_slice_to_struct_mut(&mut answer) = CpuTime {
            pid,
            _pad: 0,
            utime_ns: task.get_utime(),
        };
        answer.submit(0);
    }
    Ok(0)
}

/// Pids start at 1; below are process groups and the kernel's idle tasks.
fn valid(pid: i32) -> Option<i32> {
    (pid > 0).then_some(pid)
}
