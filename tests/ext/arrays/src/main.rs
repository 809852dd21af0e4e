// SPDX-License-Identifier: GPL-2.0
//! Looks up what user space asks for, in an array and in a per-CPU array.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals)]

use rex::map::{RexArrayMap, RexPerCPUArrayMap};
use rex::tracepoint::{SyscallsEnterDupCtx, tracepoint};
use rex::{Result, rex_map, rex_tracepoint};

/// The loader makes both larger.
const ENTRIES: u32 = 3;
/// The descriptor whose duplication asks: no other process uses it.
const FD: u64 = 99;

/// Its values are 16 bytes apart.
#[rex_map]
static array: RexArrayMap<[u32; 3]> = RexArrayMap::new(ENTRIES, 0);

#[rex_map]
static percpu: RexPerCPUArrayMap<u64> = RexPerCPUArrayMap::new(ENTRIES, 0);

#[derive(Clone, Copy)]
#[repr(C)]
struct Query {
    /// What is looked up.
    index: u32,
    /// The answer: whether the value was there, and what was in it.
    in_array: u32,
    in_percpu: u32,
    value: [u32; 3],
}

#[rex_map]
static query: RexArrayMap<Query> = RexArrayMap::new(1, 0);

/// Adds 1 to all numbers that it finds.
#[rex_tracepoint]
fn look_up(obj: &tracepoint<SyscallsEnterDupCtx>, ctx: &'static SyscallsEnterDupCtx) -> Result {
    if ctx.fildes != FD {
        return Ok(0);
    }
    let asked = obj.bpf_map_lookup_elem(&query, &0).ok_or(0)?;
    let index = asked.index;
    asked.in_array = 0;
    asked.in_percpu = 0;
    if let Some(numbers) = obj.bpf_map_lookup_elem(&array, &index) {
        asked.in_array = 1;
        asked.value = *numbers;
        for number in numbers {
            *number += 1;
        }
    }
    if let Some(number) = obj.bpf_map_lookup_elem(&percpu, &index) {
        asked.in_percpu = 1;
        *number += 1;
    }
    Ok(0)
}
