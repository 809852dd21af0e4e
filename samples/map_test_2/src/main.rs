// SPDX-License-Identifier: GPL-2.0
//! Walks five types of maps through all that can be done with them: a hash map, an
//! array, a stack, a queue and a ring buffer. Each dup(2) is one walk, whose steps
//! appear in /sys/kernel/tracing/trace_pipe; the ring buffer's record goes to the loader.
//!
//! map_test does it with the helpers of the program object, as eBPF's programs do. Here
//! the maps' own methods are used. Each map is small, so that the walk also meets
//! the errors: a map that is full, a queue that is empty, a record that has no room.
#![no_std]
#![no_main]

use core::fmt::Write;

use rex::map::{RexArrayMap, RexHashMap, RexQueue, RexRingBuf, RexStack};
use rex::tracepoint::{SyscallsEnterDupCtx, tracepoint};
use rex::{Result, rex_map, rex_printk, rex_tracepoint};

#[rex_map]
static MAP_HASH: RexHashMap<u32, i32> = RexHashMap::new(1, 0);

#[rex_map]
static MAP_ARRAY: RexArrayMap<i32> = RexArrayMap::new(1, 0);

#[rex_map]
static MAP_STACK: RexStack<i32> = RexStack::new(2, 0);

#[rex_map]
static MAP_QUEUE: RexQueue<i32> = RexQueue::new(2, 0);

#[rex_map]
static MAP_RINGBUF: RexRingBuf = RexRingBuf::new(4096, 0);

fn show(place: &str, found: Option<i32>) -> Result {
    match found {
        Some(value) => rex_printk!("{place}: Found Val={value}."),
        None => rex_printk!("{place}: Not found."),
    }
}

/// Prints what became of an attempt that has to fail, for its error.
fn show_failure(place: &str, attempt: Result) -> Result {
    match attempt {
        Ok(_) => rex_printk!("{place}: works, which it should not."),
        Err(error) => rex_printk!("{place}: error {error}."),
    }
}

fn test_hash(pid: i32) -> Result {
    let key = 0;

    show("map_hash[0]", MAP_HASH.get(&key))?;
    MAP_HASH.insert_new(&key, &0)?;
    rex_printk!("map_hash[0]: Inserted.")?;
    show_failure("map_hash[1], a second key", MAP_HASH.insert(&1, &pid))?;
    if let Some(value) = MAP_HASH.get_mut(&key) {
        *value = pid;
    }
    rex_printk!("map_hash[0]: Updated.")?;
    show("map_hash[0]", MAP_HASH.get(&key))?;
    MAP_HASH.delete(&key)?;
    rex_printk!("map_hash[0]: Deleted.")?;
    show("map_hash[0]", MAP_HASH.get(&key))
}

fn test_array(pid: i32) -> Result {
    let (index, past_the_end) = (0, 1);

    show("map_array[1]", MAP_ARRAY.get(&past_the_end))?;
    MAP_ARRAY.insert(&index, &pid)?;
    rex_printk!("map_array[0]: Updated.")?;
    show("map_array[0]", MAP_ARRAY.get(&index))?;
    show_failure("map_array[0], delete", MAP_ARRAY.delete(&index))?;
    MAP_ARRAY.insert(&index, &0)?;
    rex_printk!("map_array[0]: Deleted, which is 0 in an array.")?;
    show("map_array[0]", MAP_ARRAY.get(&index))
}

/// What a stack and a queue have in common; they differ in which value comes first.
macro_rules! test_sequence {
    ($map:ident, $name:literal, $pid:expr) => {{
        show($name, $map.peek())?;
        $map.push(&$pid)?;
        $map.push(&-$pid)?;
        rex_printk!(concat!($name, ": Pushed {} and {}."), $pid, -$pid)?;
        show_failure(concat!($name, ", a third value"), $map.push(&0))?;
        show(concat!($name, ", peek"), $map.peek())?;
        show(concat!($name, ", pop"), $map.pop())?;
        show(concat!($name, ", pop"), $map.pop())?;
        show(concat!($name, ", pop"), $map.pop())
    }};
}

fn test_stack(pid: i32) -> Result {
    test_sequence!(MAP_STACK, "map_stack", pid)
}

fn test_queue(pid: i32) -> Result {
    test_sequence!(MAP_QUEUE, "map_queue", pid)
}

fn test_ringbuf(pid: i32) -> Result {
    if MAP_RINGBUF
        .reserve(2 * MAP_RINGBUF.size() as usize)
        .is_none()
    {
        rex_printk!("map_ringbuf: No room for a record of twice its size.")?;
    }
    let Some(mut record) = MAP_RINGBUF.reserve(24) else {
        return rex_printk!("map_ringbuf: No room, the loader is behind.");
    };
    record.fill(0);
    if write!(record, "PID {pid}, and more text than there is room for").is_err() {
        rex_printk!("map_ringbuf: Text cut to {} bytes.", record.len())?;
    }
    record.submit(0);
    rex_printk!("map_ringbuf: Submitted.")
}

#[rex_tracepoint]
fn rex_prog1(obj: &tracepoint<SyscallsEnterDupCtx>, _: &'static SyscallsEnterDupCtx) -> Result {
    let Some(task) = obj.bpf_get_current_task() else {
        return Ok(0);
    };
    let pid = task.get_pid();

    test_hash(pid)?;
    test_array(pid)?;
    test_stack(pid)?;
    test_queue(pid)?;
    test_ringbuf(pid)
}
