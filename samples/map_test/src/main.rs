// SPDX-License-Identifier: GPL-2.0
//! Walks a hash map and an array through all that can be done with an element:
//! look up, update, find, delete. Each dup(2) is one walk, whose steps appear in
//! /sys/kernel/tracing/trace_pipe.
//!
//! The two differ: a hash map has an element once it is inserted, while an array
//! has all of its elements all the time, so that there deleting one means to set
//! it back to 0.
#![no_std]
#![no_main]

use rex::linux::bpf::BPF_ANY;
use rex::map::{RexArrayMap, RexHashMap};
use rex::tracepoint::{SyscallsEnterDupCtx, tracepoint};
use rex::{Result, rex_map, rex_printk, rex_tracepoint};

type Program = tracepoint<SyscallsEnterDupCtx>;

#[allow(non_upper_case_globals)]
#[rex_map]
static map_hash: RexHashMap<u32, i32> = RexHashMap::new(1, 0);

#[allow(non_upper_case_globals)]
#[rex_map]
static map_array: RexArrayMap<i32> = RexArrayMap::new(1, 0);

fn show(name: &str, key: u32, found: Option<&mut i32>) -> Result {
    match found {
        Some(value) => rex_printk!("{}[{}]: Found Val={}.", name, key, *value),
        None => rex_printk!("{}[{}]: Not found.", name, key),
    }
}

fn test_hash(obj: &Program, pid: i32) -> Result {
    let key = 0;

    show("map_hash", key, obj.bpf_map_lookup_elem(&map_hash, &key))?;
    obj.bpf_map_update_elem(&map_hash, &key, &pid, BPF_ANY as u64)?;
    rex_printk!("map_hash[{}]: Updated.", key)?;
    show("map_hash", key, obj.bpf_map_lookup_elem(&map_hash, &key))?;
    obj.bpf_map_delete_elem(&map_hash, &key)?;
    rex_printk!("map_hash[{}]: Deleted.", key)?;
    show("map_hash", key, obj.bpf_map_lookup_elem(&map_hash, &key))
}

fn test_array(obj: &Program, pid: i32) -> Result {
    let (key, past_the_end) = (0, 1);

    show(
        "map_array",
        past_the_end,
        obj.bpf_map_lookup_elem(&map_array, &past_the_end),
    )?;
    obj.bpf_map_update_elem(&map_array, &key, &pid, BPF_ANY as u64)?;
    rex_printk!("map_array[{}]: Updated.", key)?;
    show("map_array", key, obj.bpf_map_lookup_elem(&map_array, &key))?;
    if obj.bpf_map_delete_elem(&map_array, &key).is_ok() {
        return rex_printk!("map_array[{}]: an element of an array is gone?", key);
    }
    obj.bpf_map_update_elem(&map_array, &key, &0, BPF_ANY as u64)?;
    rex_printk!("map_array[{}]: Deleted, which is 0 in an array.", key)?;
    show("map_array", key, obj.bpf_map_lookup_elem(&map_array, &key))
}

#[rex_tracepoint]
fn rex_prog1(obj: &Program, _: &'static SyscallsEnterDupCtx) -> Result {
    let Some(task) = obj.bpf_get_current_task() else {
        return Ok(0);
    };
    test_hash(obj, task.get_pid())?;
    test_array(obj, task.get_pid())
}
