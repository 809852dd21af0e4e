// SPDX-License-Identifier: GPL-2.0
//! CPU exceptions, one a program. They take `unsafe`, as safe Rust has none of them.
//!
//! Each program faults if the descriptor that is to be duplicated is FD, so that no
//! other process's calls disturb the test.
#![no_std]
#![no_main]

use core::arch::asm;

use rex::map::RexArrayMap;
use rex::tracepoint::{SyscallsEnterDupCtx, tracepoint};
use rex::{Result, rex_map, rex_tracepoint};

const FD: u64 = 99;

type Program = tracepoint<SyscallsEnterDupCtx>;
type Context = SyscallsEnterDupCtx;

/// What the programs that access memory access.
#[allow(non_upper_case_globals)]
#[rex_map]
static address: RexArrayMap<u64> = RexArrayMap::new(1, 0);

/// What a helper said of it, as a positive errno.
#[allow(non_upper_case_globals)]
#[rex_map]
static error: RexArrayMap<u64> = RexArrayMap::new(1, 0);

/// Where user space wants it, if this call is the test's.
fn target(obj: &Program, ctx: &Context) -> Option<u64> {
    if ctx.fildes != FD {
        return None;
    }
    obj.bpf_map_lookup_elem(&address, &0).map(|value| *value)
}

#[inline(never)]
fn invalid_instruction() {
    // SAFETY: none, here and below: the exception is what is wanted.
    unsafe { asm!("ud2", options(nomem, nostack)) };
}

#[inline(never)]
fn breakpoint() {
    // SAFETY: see above.
    unsafe { asm!("int3", options(nomem, nostack)) };
}

#[inline(never)]
fn divide_by(n: u64) -> u64 {
    let quotient;
    // SAFETY: see above.
    unsafe {
        asm!("div {}", in(reg) n, inout("rax") 1_u64 => quotient, inout("rdx") 0_u64 => _, options(nomem, nostack));
    }
    quotient
}

#[inline(never)]
fn read_from(at: u64) -> u64 {
    // SAFETY: see above.
    unsafe { (at as *const u64).read_volatile() }
}

#[inline(never)]
fn write_to(at: u64) {
    // SAFETY: see above.
    unsafe { (at as *mut u64).write_volatile(1) };
}

#[rex_tracepoint]
fn ud2(obj: &Program, ctx: &'static Context) -> Result {
    if target(obj, ctx).is_some() {
        invalid_instruction();
    }
    Ok(0)
}

#[rex_tracepoint]
fn int3(obj: &Program, ctx: &'static Context) -> Result {
    if target(obj, ctx).is_some() {
        breakpoint();
    }
    Ok(0)
}

#[rex_tracepoint]
fn divide(obj: &Program, ctx: &'static Context) -> Result {
    if target(obj, ctx).is_some() {
        return Ok(divide_by(0) as i32);
    }
    Ok(0)
}

#[rex_tracepoint]
fn read(obj: &Program, ctx: &'static Context) -> Result {
    match target(obj, ctx) {
        Some(at) => Ok(read_from(at) as i32),
        None => Ok(0),
    }
}

#[rex_tracepoint]
fn write(obj: &Program, ctx: &'static Context) -> Result {
    if let Some(at) = target(obj, ctx) {
        write_to(at);
    }
    Ok(0)
}

static TEXT: [u8; 64] = *b"Constants are memory that nobody can write: 0123456789, 64 bytes";

#[rex_tracepoint]
fn write_constant(obj: &Program, ctx: &'static Context) -> Result {
    if target(obj, ctx).is_some() {
        write_to(core::hint::black_box(&TEXT).as_ptr().addr() as u64);
    }
    Ok(0)
}

#[rex_tracepoint]
fn write_code(obj: &Program, ctx: &'static Context) -> Result {
    if target(obj, ctx).is_some() {
        write_to(invalid_instruction as fn() as usize as u64);
    }
    Ok(0)
}

/// The helper that reads any address finds out itself that it can't.
#[rex_tracepoint]
fn helper(obj: &Program, ctx: &'static Context) -> Result {
    if let Some(at) = target(obj, ctx) {
        let result = obj.bpf_probe_read_kernel(&mut 0_u64, at as *const ());
        return obj.bpf_map_update_elem(
            &error,
            &0,
            &result.map_or_else(|e| -i64::from(e) as u64, |_| 0),
            0,
        );
    }
    Ok(0)
}
