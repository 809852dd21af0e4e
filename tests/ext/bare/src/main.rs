// SPDX-License-Identifier: GPL-2.0
//! Programs without maps, for tests that load an object by bpf(2) alone.
#![no_std]
#![no_main]

use core::hint::black_box;

use rex::tracepoint::{SyscallsEnterDupCtx, tracepoint};
use rex::{Result, rex_tracepoint};

/// The descriptor whose duplication counts: no other process uses it.
const FD: u64 = 99;

#[rex_tracepoint]
fn spin(_: &tracepoint<SyscallsEnterDupCtx>, ctx: &'static SyscallsEnterDupCtx) -> Result {
    while ctx.fildes == FD {
        black_box(0);
    }
    Ok(0)
}

#[rex_tracepoint]
fn fail(_: &tracepoint<SyscallsEnterDupCtx>, ctx: &'static SyscallsEnterDupCtx) -> Result {
    assert!(ctx.fildes != FD, "descriptor {FD}");
    Ok(0)
}
