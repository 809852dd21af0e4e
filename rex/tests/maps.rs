// SPDX-License-Identifier: GPL-2.0
//! Maps, through programs and on their own.

mod kernel;

use rex::kprobe::kprobe;
use rex::linux::bpf::{BPF_ANY, BPF_F_NO_PREALLOC, BPF_NOEXIST, bpf_map_type};
use rex::linux::errno::{E2BIG, EEXIST, EINVAL, ENOENT};
use rex::map::{RexArrayMap, RexHashMap, RexMapHandle, RexQueue, RexStack};
use rex::pt_regs::PtRegs;
use rex::{Result, rex_kprobe, rex_map};

fn errno(number: u32) -> Result {
    Err(-(number as i32))
}

#[derive(Clone, Copy, PartialEq, Debug)]
#[repr(C)]
struct Padded {
    small: u8,
    large: u64,
}

#[rex_map]
static HASH: RexHashMap<[u8; 3], Padded> = RexHashMap::new(2, 0);

#[test]
fn hash() {
    bind_maps!("HASH.map");
    let one = Padded {
        small: 1,
        large: u64::MAX,
    };
    assert_eq!(HASH.get(b"one"), None);
    assert_eq!(HASH.update(b"one", &one), errno(ENOENT));
    assert_eq!(HASH.insert_new(b"one", &one), Ok(0));
    assert_eq!(HASH.insert_new(b"one", &one), errno(EEXIST));
    assert_eq!(HASH.get(b"one"), Some(one));
    HASH.get_mut(b"one").unwrap().small = 2;
    assert_eq!(HASH.get(b"one").unwrap().small, 2);
    assert_eq!(HASH.insert(b"two", &one), Ok(0));
    assert_eq!(HASH.insert(b"six", &one), errno(E2BIG));
    assert_eq!(HASH.delete(b"two"), Ok(0));
    assert_eq!(HASH.delete(b"two"), errno(ENOENT));
}

#[rex_map]
static ARRAY: RexArrayMap<[u16; 3]> = RexArrayMap::new(2, 0);

#[test]
fn array() {
    bind_maps!("ARRAY.map");
    assert_eq!(ARRAY.get(&1), Some([0; 3]));
    assert_eq!(ARRAY.insert(&1, &[1, 2, 3]), Ok(0));
    ARRAY.get_mut(&1).unwrap()[0] += 8;
    assert_eq!(ARRAY.get(&1), Some([9, 2, 3]));
    assert!(ARRAY.get_mut(&2).is_none());
    assert_eq!(ARRAY.insert(&2, &[0; 3]), errno(E2BIG));
    assert_eq!(ARRAY.delete(&1), errno(EINVAL));
}

#[rex_map]
static STACK: RexStack<u64> = RexStack::new(2, 0);

#[rex_map]
static QUEUE: RexQueue<u64> = RexQueue::new(2, 0);

#[test]
fn stack_and_queue() {
    bind_maps!("STACK.map" "QUEUE.map");
    for value in [1, 2] {
        assert_eq!((STACK.push(&value), QUEUE.push(&value)), (Ok(0), Ok(0)));
    }
    assert_eq!(
        (STACK.push(&3), QUEUE.push(&3)),
        (errno(E2BIG), errno(E2BIG))
    );
    assert_eq!((STACK.force_push(&3), QUEUE.force_push(&3)), (Ok(0), Ok(0)));
    assert_eq!((STACK.peek(), QUEUE.peek()), (Some(3), Some(2)));
    assert_eq!((STACK.pop(), QUEUE.pop()), (Some(3), Some(2)));
    assert_eq!((STACK.pop(), QUEUE.pop()), (Some(2), Some(3)));
    assert_eq!(
        (STACK.pop(), QUEUE.pop(), STACK.peek(), QUEUE.peek()),
        (None, None, None, None)
    );
}

#[rex_map]
static NOT_PREALLOCATED: RexHashMap<u32, u32> = RexHashMap::new(2, BPF_F_NO_PREALLOC);

#[test]
#[should_panic(expected = "get_mut on a map with BPF_F_NO_PREALLOC")]
fn values_that_can_be_freed_have_no_static_reference() {
    bind_maps!("NOT_PREALLOCATED.map");
    NOT_PREALLOCATED.insert(&1, &2).unwrap();
    assert_eq!(NOT_PREALLOCATED.get(&1), Some(2));
    NOT_PREALLOCATED.get_mut(&1);
}

static FORGOTTEN: RexHashMap<u32, u32> = RexHashMap::new(2, 0);

#[test]
#[should_panic(expected = "a map without #[rex_map] was used")]
fn a_map_without_its_attribute_is_not_used() {
    let _ = FORGOTTEN.insert(&1, &2);
}

#[allow(non_upper_case_globals)]
#[rex_map]
pub(crate) static counts: RexHashMap<u64, u64> = RexHashMap::new(8, 0);

/// Counts by the first argument, and tells through the verdict.
#[rex_kprobe]
fn count(obj: &kprobe, ctx: &mut PtRegs) -> Result {
    let key = ctx.rdi();
    if let Some(count) = obj.bpf_map_lookup_elem(&counts, &key) {
        *count += 1;
    } else {
        obj.bpf_map_update_elem(&counts, &key, &1, BPF_NOEXIST as u64)?;
    }
    let count = obj.bpf_map_lookup_elem(&counts, &key).cloned().ok_or(-1)?;
    if count == 3 {
        obj.bpf_map_delete_elem(&counts, &key)?;
        return Err(-5);
    }
    obj.bpf_map_update_elem(&counts, &7, &count, BPF_ANY.into())?;
    Ok(count as i32)
}

#[test]
fn through_a_program() {
    bind_maps!("counts.map");
    let mut regs = [0u64; 21];
    regs[14] = 99;
    let mut run = || run!("count.entry", &mut regs);
    assert_eq!([run(), run(), run(), run()], [1, 2, -5, 1]);
    assert_eq!((counts.get(&99), counts.get(&7)), (Some(1), Some(1)));
}

fn replace<const MT: bpf_map_type>(
    obj: &kprobe,
    map: &'static RexMapHandle<MT, u32, i32>,
    value: i32,
) -> Result {
    let old = obj.bpf_map_lookup_elem(map, &0).copied().unwrap_or(-1);
    obj.bpf_map_update_elem(map, &0, &value, BPF_ANY.into())?;
    Ok(old)
}

#[rex_map]
static ANY_HASH: RexHashMap<u32, i32> = RexHashMap::new(1, 0);

#[rex_map]
static ANY_ARRAY: RexArrayMap<i32> = RexArrayMap::new(1, 0);

#[rex_kprobe]
fn generic(obj: &kprobe, _: &PtRegs) -> Result {
    Ok(replace(obj, &ANY_HASH, 5)? * 10 + replace(obj, &ANY_ARRAY, 6)?)
}

#[test]
fn a_function_can_take_maps_of_any_type() {
    bind_maps!("ANY_HASH.map" "ANY_ARRAY.map");
    let run = || run!("generic.entry", &mut [0u64; 21]);
    assert_eq!([run(), run()], [-10, 56]);
}
