// SPDX-License-Identifier: GPL-2.0
//! Makes a system call fail for chosen processes, with a chosen error.
//!
//! The loader attaches the program to a system call and says in the map which
//! process is to get which error. There the system call does not run at all, and
//! returns the error. A process that is not in the map sees no difference.
#![no_std]
#![no_main]

use rex::kprobe::kprobe;
use rex::map::RexHashMap;
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe, rex_map};

/// What the system call returns, a negative errno, by process.
#[allow(non_upper_case_globals)]
#[rex_map]
static pid_to_errno: RexHashMap<i32, u64> = RexHashMap::new(1, 0);

#[rex_kprobe]
pub fn err_injector(obj: &kprobe, ctx: &mut PtRegs) -> Result {
    obj.bpf_get_current_task()
        .map(|t| t.get_pid())
        .and_then(|p| obj.bpf_map_lookup_elem(&pid_to_errno, &p).cloned())
        .map(|e| obj.bpf_override_return(ctx, e))
        .ok_or(0)
}
