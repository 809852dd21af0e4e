// SPDX-License-Identifier: GPL-2.0
//! What Rex kernel extensions are written against.
//!
//! An extension is a `#![no_std] #![no_main]` program in safe Rust that the kernel
//! runs at a hook. Each of its functions under one of the attributes below is a
//! program; it gets a program object, whose methods are what it may call, and the
//! hook's context:
//!
//! ```ignore
//! #![no_std]
//! #![no_main]
//!
//! use rex::kprobe::kprobe;
//! use rex::map::RexHashMap;
//! use rex::pt_regs::PtRegs;
//! use rex::{Result, rex_kprobe, rex_map};
//!
//! #[rex_map]
//! static HITS: RexHashMap<i32, u64> = RexHashMap::new(1024, 0);
//!
//! #[rex_kprobe(function = "do_unlinkat")]
//! fn count(obj: &kprobe, _: &mut PtRegs) -> Result {
//!     let pid = obj.bpf_get_current_task().ok_or(0)?.get_pid();
//!     match obj.bpf_map_lookup_elem(&HITS, &pid) {
//!         Some(hits) => *hits += 1,
//!         None => return obj.bpf_map_update_elem(&HITS, &pid, &1, 0),
//!     }
//!     Ok(0)
//! }
//! ```
//!
//! # What holds for all of it
//!
//! - Nothing that compiles without `unsafe` reads an invalid value, outlives its
//!   memory or reaches a freed object. What comes from memory that others write is
//!   [plain data](plain).
//! - Program objects, contexts and what they lend belong to one invocation: they are
//!   neither [`Send`] nor [`Sync`], so that no static can keep them.
//! - A panic ends the invocation: its message, place and backtrace go to the kernel
//!   log, the kernel releases what the program held, and the hook's caller goes on
//!   with the default verdict. `drop` is not run.
//! - A [`Result`] is the verdict either way: `Err(e)` is returned to the kernel as `e`.
//!   Only of network programs is a negative `e`, an error, [no verdict](net#verdicts).

#![no_std]
#![allow(
    internal_features,
    reason = "macros hold unsafe for crates that forbid it"
)]
#![feature(allow_internal_unsafe, auto_traits, negative_impls, transmutability)]

// Paths in what the attributes generate start with `::rex`.
extern crate self as rex;

pub mod helpers;
pub mod kprobe;
pub mod linux;
pub mod map;
pub mod net;
pub mod perf_event;
pub mod plain;
mod printk;
pub mod program;
pub mod pt_regs;
pub mod sched_cls;
pub mod spinlock;
pub mod task_struct;
pub mod tracepoint;
pub mod utils;
pub mod xdp;

#[doc(hidden)]
pub mod abi;
#[doc(hidden)]
mod ffi;
mod held;
mod layout;
#[cfg(target_os = "none")]
mod panic;
mod text;

#[doc(hidden)]
pub use printk::PRINTK;
pub use printk::rex_trace_printk;
pub use rex_macros::{
    rex_kprobe, rex_kretprobe, rex_kretsyscall, rex_ksyscall, rex_map, rex_perf_event, rex_tc,
    rex_tracepoint, rex_tracepoint_context, rex_uprobe, rex_uretprobe, rex_xdp,
};
pub use utils::Result;
