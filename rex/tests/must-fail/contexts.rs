// SPDX-License-Identifier: GPL-2.0
// Structs that are no contexts of tracepoints.

//# unknown tracepoint: the kernel has no tracepoint `sched/sched_swich`
#[rex_tracepoint_context("sched/sched_swich")] struct C;

//# tracepoint of a module: lists those it has; those of modules can't be used
#[rex_tracepoint_context("kvm/kvm_entry")] struct C;

//# tracepoint of another system: did you mean sched/sched_switch?
#[rex_tracepoint_context("block/sched_switch")] struct C;

//# no tracepoint: expected a tracepoint: `#[rex_tracepoint_context("sched/sched_switch")]`
#[rex_tracepoint_context] struct C;

//# name without system: expected a tracepoint: `#[rex_tracepoint_context("sched/sched_switch")]`
#[rex_tracepoint_context("sched_switch")] struct C;

//# fields of one's own: goes on a struct without fields
#[rex_tracepoint_context("sched/sched_switch")] struct C { prev_pid: bool }

//# enum: goes on a struct without fields
#[rex_tracepoint_context("sched/sched_switch")] enum C { A }

//# context in a static: cannot be shared between threads safely
#[rex_tracepoint_context("sched/sched_switch")] struct C;
fn keep<T: Sync>(_: &T) {}
fn f(ctx: &C) { keep(ctx) }

//# string that outlives its buffer: returns a value referencing data owned by the current function
#[rex_tracepoint_context("sched/sched_process_exec")] struct C;
fn f(ctx: &C) -> core::result::Result<&[u8], i32> { let mut buf = [0; 16]; ctx.filename(&mut buf) }
