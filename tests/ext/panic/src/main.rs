// SPDX-License-Identifier: GPL-2.0
//! The ways in which a program can end early, one a program.
//!
//! Each counts that it was started, and then panics if the descriptor that is to
//! be duplicated is FD, so that no other process's calls disturb the test.
#![no_std]
#![no_main]

use core::fmt;
use core::hint::black_box;

use rex::map::RexArrayMap;
use rex::tracepoint::{SyscallsEnterDupCtx, tracepoint};
use rex::{Result, rex_map, rex_tracepoint};

const FD: u64 = 99;

type Program = tracepoint<SyscallsEnterDupCtx>;
type Context = SyscallsEnterDupCtx;

#[allow(non_upper_case_globals)]
#[rex_map]
static starts: RexArrayMap<u64> = RexArrayMap::new(1, 0);

/// Whether this call is the test's.
fn start(obj: &Program, ctx: &Context) -> bool {
    if ctx.fildes != FD {
        return false;
    }
    if let Some(count) = obj.bpf_map_lookup_elem(&starts, &0) {
        *count += 1;
    }
    true
}

#[inline(never)]
fn element(table: &[i32], index: usize) -> i32 {
    table[index]
}

#[rex_tracepoint]
fn index_out_of_range(obj: &Program, ctx: &'static Context) -> Result {
    if start(obj, ctx) {
        return Ok(element(black_box(&[1, 2, 3]), ctx.fildes as usize));
    }
    Ok(0)
}

#[rex_tracepoint]
fn unwrap_of_none(obj: &Program, ctx: &'static Context) -> Result {
    if start(obj, ctx) {
        return Ok(black_box(None::<i32>).unwrap());
    }
    Ok(0)
}

#[rex_tracepoint]
fn explicit_panic(obj: &Program, ctx: &'static Context) -> Result {
    if start(obj, ctx) {
        panic!("descriptor {} is not welcome", ctx.fildes);
    }
    Ok(0)
}

#[rex_tracepoint]
fn divide_by_zero(obj: &Program, ctx: &'static Context) -> Result {
    if start(obj, ctx) {
        return Ok(1 / black_box(0));
    }
    Ok(0)
}

struct Bad;

impl fmt::Display for Bad {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("while formatting")
    }
}

#[rex_tracepoint]
fn panic_in_display(obj: &Program, ctx: &'static Context) -> Result {
    if start(obj, ctx) {
        panic!("{Bad}");
    }
    Ok(0)
}

#[allow(unconditional_recursion)]
#[inline(never)]
fn deeper(level: u64) -> u64 {
    black_box(deeper(black_box(level + 1))) + 1
}

#[rex_tracepoint]
fn endless_recursion(obj: &Program, ctx: &'static Context) -> Result {
    if start(obj, ctx) {
        return Ok(deeper(0) as i32);
    }
    Ok(0)
}

#[rex_tracepoint]
fn long_message(obj: &Program, ctx: &'static Context) -> Result {
    if start(obj, ctx) {
        panic!("{:0>2000}", ctx.fildes);
    }
    Ok(0)
}
