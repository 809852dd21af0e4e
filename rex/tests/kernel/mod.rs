// SPDX-License-Identifier: GPL-2.0
//! Stands in for the kernel: its helpers over maps, tasks, a ledger and a trace buffer of
//! the test's own thread.

#![allow(dead_code, reason = "not every test uses all of it")]
#![allow(
    unsafe_op_in_unsafe_fn,
    reason = "the helpers trust their callers, as the kernel's do"
)]

mod tracing;

#[allow(unused_imports, reason = "not every test uses all of it")]
pub use tracing::*;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::ffi::{CStr, c_char, c_void};

use rex::abi::MapDesc;
use rex::linux::bpf::{
    BPF_EXIST, BPF_MAP_TYPE_ARRAY, BPF_MAP_TYPE_STACK, BPF_NOEXIST, BPF_RB_AVAIL_DATA,
    BPF_RB_CONS_POS, BPF_RB_FORCE_WAKEUP, BPF_RB_NO_WAKEUP, BPF_RB_PROD_POS, BPF_RB_RING_SIZE,
};
use rex::linux::errno::{E2BIG, EAGAIN, EDEADLK, EEXIST, EINVAL, ENOENT, ENOSPC, ETIMEDOUT};

thread_local! {
    static TRACE: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    static TASK: Cell<*mut c_void> = const { Cell::new(std::ptr::null_mut()) };
    static TASKS: RefCell<BTreeMap<i32, *mut c_void>> = const { RefCell::new(BTreeMap::new()) };
    static LEDGER: RefCell<Vec<*mut c_void>> = const { RefCell::new(Vec::new()) };
    static RECORDS: RefCell<Vec<(Box<[u64]>, Record)>> = const { RefCell::new(Vec::new()) };
}

/// The lines that the thread has printed.
pub fn trace() -> Vec<String> {
    TRACE.take()
}

/// Makes memory the current task.
pub fn set_current(task: *mut c_void) {
    TASK.set(task);
}

/// Makes memory the task with an id.
pub fn set_task(pid: i32, task: *mut c_void) {
    TASKS.with_borrow_mut(|tasks| tasks.insert(pid, task));
}

/// How many things can be held at a time.
pub const LEDGER_SIZE: usize = 128;

/// How many things are held.
pub fn held() -> usize {
    LEDGER.with_borrow(Vec::len)
}

/// What became of a record of a ring buffer.
#[derive(Clone, Debug, PartialEq)]
pub enum Record {
    Reserved { size: usize },
    Submitted { bytes: Vec<u8>, flags: u64 },
    Discarded { flags: u64 },
}

/// The records of all ring buffers since the thread started.
pub fn records() -> Vec<Record> {
    RECORDS.with_borrow(|records| records.iter().map(|(_, record)| record.clone()).collect())
}

/// What the program's registers are in a task of the test.
pub const TASK_REGS: usize = 4096;

/// `struct rex_map_handle`
#[repr(C)]
struct Handle {
    map_type: u32,
    key_size: u32,
    value_size: u32,
    max_entries: u32,
    map_flags: u32,
    reserved: u32,
    map: *mut Map,
}

pub struct Map {
    map_type: u32,
    key_size: usize,
    value_size: usize,
    max_entries: usize,
    /// Values are aligned to 8, as the kernel's.
    values: BTreeMap<Vec<u8>, Box<[u64]>>,
    sequence: VecDeque<Vec<u8>>,
    /// What a ring buffer's records take, which nobody consumes.
    reserved: u64,
}

/// `struct rex_map_desc`
#[repr(C)]
struct Desc {
    name: [u8; 64],
    handle: *mut Handle,
}

/// Does what loading does for a map: makes it, and writes its address into the handle.
pub fn bind(desc: &'static MapDesc, name: &str) {
    // SAFETY: a descriptor is laid out so, and has no other fields.
    let desc = unsafe { &*std::ptr::from_ref(desc).cast::<Desc>() };
    // SAFETY: tests are built without relro, so that handles can be written, and each
    // test binds its own maps before it uses them.
    let handle = unsafe { &mut *desc.handle };
    assert_eq!(
        CStr::from_bytes_until_nul(&desc.name)
            .unwrap()
            .to_str()
            .unwrap(),
        name
    );
    assert_eq!((handle.reserved, handle.map.is_null()), (0, true));
    let value_size = handle.value_size as usize;
    let mut map = Map {
        map_type: handle.map_type,
        key_size: handle.key_size as usize,
        value_size,
        max_entries: handle.max_entries as usize,
        values: BTreeMap::new(),
        sequence: VecDeque::new(),
        reserved: 0,
    };
    if map.map_type == BPF_MAP_TYPE_ARRAY {
        map.values = (0..handle.max_entries)
            .map(|i| (i.to_ne_bytes().to_vec(), words(&vec![0; value_size])))
            .collect();
    }
    handle.map = Box::into_raw(Box::new(map));
}

/// Binds maps by their names.
#[macro_export]
macro_rules! bind_maps {
    ($($symbol:literal)*) => {$({
        unsafe extern "C" {
            #[link_name = $symbol]
            safe static DESC: rex::abi::MapDesc;
        }
        $crate::kernel::bind(&DESC, $symbol.strip_suffix(".map").unwrap());
    })*};
}

/// Runs a program through its entry, as the kernel does.
#[macro_export]
macro_rules! run {
    ($symbol:literal, $context:expr) => {{
        unsafe extern "C" {
            #[link_name = $symbol]
            fn entry(context: *mut std::ffi::c_void) -> u32;
        }
        let context = std::ptr::from_mut($context).cast();
        // SAFETY: the context has the size that the program wants, and is this call's alone.
        unsafe { entry(context) }.cast_signed()
    }};
}

fn words(bytes: &[u8]) -> Box<[u64]> {
    let word = |part: &[u8]| {
        let mut word = [0; 8];
        word[..part.len()].copy_from_slice(part);
        u64::from_ne_bytes(word)
    };
    bytes.chunks(8).map(word).collect()
}

fn error(number: u32) -> u64 {
    (-i64::from(number)) as u64
}

// The helpers trust the crate's calls, as the kernel's do: those are what is tested.

unsafe fn bytes(at: *const c_void, len: usize) -> Vec<u8> {
    std::slice::from_raw_parts(at.cast::<u8>(), len).to_vec()
}

#[unsafe(no_mangle)]
unsafe extern "C" fn bpf_map_lookup_elem(map: *mut Map, key: *const c_void) -> *mut c_void {
    let map = &mut *map;
    let key = bytes(key, map.key_size);
    map.values
        .get_mut(&key)
        .map_or(std::ptr::null_mut(), |value| value.as_mut_ptr().cast())
}

#[unsafe(no_mangle)]
unsafe extern "C" fn bpf_map_update_elem(
    map: *mut Map,
    key: *const c_void,
    value: *const c_void,
    flags: u64,
) -> u64 {
    let map = &mut *map;
    let (key, value) = (
        bytes(key, map.key_size),
        words(&bytes(value, map.value_size)),
    );
    let full = map.map_type == BPF_MAP_TYPE_ARRAY || map.values.len() == map.max_entries;
    match map.values.get_mut(&key) {
        Some(_) if flags == BPF_NOEXIST.into() => error(EEXIST),
        Some(old) => {
            old.copy_from_slice(&value);
            0
        }
        None if flags == BPF_EXIST.into() => error(ENOENT),
        None if full => error(E2BIG),
        None => {
            map.values.insert(key, value);
            0
        }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn bpf_map_delete_elem(map: *mut Map, key: *const c_void) -> u64 {
    let map = &mut *map;
    let key = bytes(key, map.key_size);
    match map.values.get(&key) {
        Some(_) if map.map_type == BPF_MAP_TYPE_ARRAY => error(EINVAL),
        // Not freed: a program can still have a reference.
        Some(_) => {
            std::mem::forget(map.values.remove(&key));
            0
        }
        None => error(ENOENT),
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn bpf_map_push_elem(map: *mut Map, value: *const c_void, flags: u64) -> u64 {
    let map = &mut *map;
    let value = bytes(value, map.value_size);
    if map.sequence.len() == map.max_entries {
        if flags != BPF_EXIST.into() {
            return error(E2BIG);
        }
        map.sequence.pop_front();
    }
    map.sequence.push_back(value);
    0
}

unsafe fn next(map: *mut Map, value: *mut c_void, remove: bool) -> u64 {
    let map = &mut *map;
    let at = if map.map_type == BPF_MAP_TYPE_STACK {
        map.sequence.len().wrapping_sub(1)
    } else {
        0
    };
    let Some(found) = map.sequence.get(at) else {
        return error(ENOENT);
    };
    value.cast::<u8>().copy_from(found.as_ptr(), map.value_size);
    if remove {
        map.sequence.remove(at);
    }
    0
}

#[unsafe(no_mangle)]
unsafe extern "C" fn bpf_map_pop_elem(map: *mut Map, value: *mut c_void) -> u64 {
    next(map, value, true)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn bpf_map_peek_elem(map: *mut Map, value: *mut c_void) -> u64 {
    next(map, value, false)
}

/// Records that something is held, unless the ledger is full.
fn hold(thing: *mut c_void) -> bool {
    LEDGER.with_borrow_mut(|ledger| {
        let room = ledger.len() < LEDGER_SIZE;
        if room {
            ledger.push(thing);
        }
        room
    })
}

fn is_held(thing: *mut c_void) -> bool {
    LEDGER.with_borrow(|ledger| ledger.contains(&thing))
}

/// What the crate gives back it holds.
fn give_back(thing: *mut c_void) {
    LEDGER.with_borrow_mut(|ledger| {
        let at = ledger.iter().rposition(|held| *held == thing);
        ledger.remove(at.expect("it was given back and not held"));
    });
}

#[unsafe(no_mangle)]
unsafe extern "C" fn rex_spin_lock(lock: *mut u32) -> i32 {
    let here = 0;
    let on_stack = lock.addr().abs_diff((&raw const here).addr()) < 1 << 16;
    let error = if held() == LEDGER_SIZE {
        ENOSPC
    } else if on_stack {
        EINVAL
    } else if is_held(lock.cast()) {
        EDEADLK
    } else if *lock != 0 {
        ETIMEDOUT
    } else {
        *lock = 1;
        hold(lock.cast());
        0
    };
    -(error as i32)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn rex_spin_unlock(lock: *mut u32) {
    give_back(lock.cast());
    *lock = 0;
}

#[unsafe(no_mangle)]
extern "C" fn rex_task_from_pid(pid: i32) -> *mut c_void {
    let task = TASKS.with_borrow(|tasks| tasks.get(&pid).copied());
    task.filter(|task| hold(*task))
        .unwrap_or(std::ptr::null_mut())
}

#[unsafe(no_mangle)]
extern "C" fn rex_task_put(task: *mut c_void) {
    give_back(task);
}

/// A record of bytes 0xaa, or null if there is no room.
unsafe fn record(map: *mut Map, size: u64) -> *mut c_void {
    const HEADER: u64 = 8;
    let map = &mut *map;
    let len = size.next_multiple_of(8) + HEADER;
    if map.reserved + len >= map.max_entries as u64 {
        return std::ptr::null_mut();
    }
    map.reserved += len;
    let size = size as usize;
    let mut memory = words(&vec![0xaa; size]);
    let start = memory.as_mut_ptr().cast();
    RECORDS.with_borrow_mut(|records| records.push((memory, Record::Reserved { size })));
    start
}

/// Ends the reservation of a record that starts somewhere.
unsafe fn commit(start: *mut c_void, ended: impl FnOnce(Vec<u8>) -> Record) {
    RECORDS.with_borrow_mut(|records| {
        let mut latest = records.iter_mut().rev();
        let (_, record) = latest
            .find(|(memory, _)| memory.as_ptr().cast() == start.cast_const())
            .expect("a record");
        let Record::Reserved { size } = *record else {
            panic!("a record ends twice: {record:?}");
        };
        *record = ended(bytes(start, size));
    });
}

#[unsafe(no_mangle)]
unsafe extern "C" fn rex_ringbuf_reserve(map: *mut Map, size: u64) -> *mut c_void {
    if held() == LEDGER_SIZE {
        return std::ptr::null_mut();
    }
    let start = record(map, size);
    if !start.is_null() {
        hold(start);
    }
    start
}

#[unsafe(no_mangle)]
unsafe extern "C" fn rex_ringbuf_submit(start: *mut c_void, flags: u64) -> i32 {
    give_back(start);
    commit(start, |bytes| Record::Submitted { bytes, flags });
    0
}

#[unsafe(no_mangle)]
unsafe extern "C" fn rex_ringbuf_discard(start: *mut c_void, flags: u64) -> i32 {
    give_back(start);
    commit(start, |_| Record::Discarded { flags });
    0
}

#[unsafe(no_mangle)]
unsafe extern "C" fn bpf_ringbuf_output(
    map: *mut Map,
    data: *const c_void,
    size: u64,
    flags: u64,
) -> u64 {
    if flags & !u64::from(BPF_RB_NO_WAKEUP | BPF_RB_FORCE_WAKEUP) != 0 {
        return error(EINVAL);
    }
    let start = record(map, size);
    if start.is_null() {
        return error(EAGAIN);
    }
    start.cast::<u8>().copy_from(data.cast(), size as usize);
    commit(start, |bytes| Record::Submitted { bytes, flags });
    0
}

#[unsafe(no_mangle)]
unsafe extern "C" fn bpf_ringbuf_query(map: *mut Map, what: u64) -> u64 {
    match what as u32 {
        BPF_RB_AVAIL_DATA | BPF_RB_PROD_POS => (*map).reserved,
        BPF_RB_RING_SIZE => (*map).max_entries as u64,
        BPF_RB_CONS_POS => 0,
        other => panic!("a ring buffer is asked for {other}"),
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn rex_trace_printk(line: *const u8, len: u32) -> i32 {
    let line = bytes(line.cast(), len as usize);
    if line.len() > 512 || line.last() != Some(&0) {
        return -(EINVAL as i32);
    }
    let text = String::from_utf8(line[..line.len() - 1].to_vec()).expect("cut at a character");
    TRACE.with_borrow_mut(|trace| trace.push(text));
    len as i32 - 1
}

#[unsafe(no_mangle)]
extern "C" fn bpf_get_current_task() -> *mut c_void {
    TASK.get()
}

#[unsafe(no_mangle)]
unsafe extern "C" fn bpf_task_pt_regs(task: *mut c_void) -> *const c_void {
    task.byte_add(TASK_REGS)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn bpf_get_current_comm(buf: *mut c_char, size: u64) -> u64 {
    let name = b"test\0";
    buf.cast::<u8>().write_bytes(0, size as usize);
    buf.cast::<u8>()
        .copy_from(name.as_ptr(), name.len().min(size as usize - 1));
    0
}

macro_rules! constants {
    ($($name:ident $value:literal)*) => {$(
        #[unsafe(no_mangle)]
        extern "C" fn $name() -> u64 {
            $value
        }
    )*};
}

constants! {
    bpf_get_current_pid_tgid 0x7_0000_0008
    bpf_get_current_uid_gid 0x1_0000_0002
    bpf_get_current_cgroup_id 99
    bpf_get_smp_processor_id 3
    bpf_get_numa_node_id 1
    bpf_ktime_get_ns 1001
    bpf_ktime_get_boot_ns 1002
    bpf_ktime_get_coarse_ns 1003
    bpf_jiffies64 1004
    bpf_user_rnd_u32 1005
}
