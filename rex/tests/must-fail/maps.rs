// SPDX-License-Identifier: GPL-2.0
// Statics that are no maps, and calls that a map's type doesn't have.

//# const: #[rex_map] goes on a static
#[rex_map] const M: RexArrayMap<u64> = RexArrayMap::new(1, 0);

//# function: #[rex_map] goes on a static
#[rex_map] fn f() {}

//# static mut: a map is not `mut`
#[rex_map] static mut M: RexArrayMap<u64> = RexArrayMap::new(1, 0);

//# arguments: #[rex_map] takes no arguments
#[rex_map(hash)] static M: RexArrayMap<u64> = RexArrayMap::new(1, 0);

//# another type: found `&u64`
#[rex_map] static M: u64 = 0;

//# long name: has 64 characters: the kernel keeps 63
#[rex_map] static A234567890123456789012345678901234567890123456789012345678901234: RexArrayMap<u64> = RexArrayMap::new(1, 0);

//# ring buffer of no page: a ring buffer's size is a power of two of at least 4096 bytes
#[rex_map] static M: RexRingBuf = RexRingBuf::new(2048, 0);

//# ring buffer of an odd size: a ring buffer's size is a power of two of at least 4096 bytes
#[rex_map] static M: RexRingBuf = RexRingBuf::new(3 * 4096, 0);

//# ring buffer with values: type alias takes 0 generic arguments
#[rex_map] static M: RexRingBuf<u64> = RexRingBuf::new(4096, 0);

//# look-up in a ring buffer: this type of map has no look-ups by key
#[rex_map] static M: RexRingBuf = RexRingBuf::new(4096, 0);
#[rex_kprobe] fn p(obj: &kprobe, _: &PtRegs) -> Result { obj.bpf_map_delete_elem(&M, &()) }

//# record of a map that is none: no method named `reserve` found
#[rex_map] static M: RexQueue<u64> = RexQueue::new(1, 0);
fn f() { M.reserve(8); }

//# two of one name: symbol `M.map` is already defined
mod a { use super::*; #[rex_map] static M: RexArrayMap<u64> = RexArrayMap::new(1, 0); }
mod b { use super::*; #[rex_map] static M: RexArrayMap<u64> = RexArrayMap::new(1, 0); }

//# look-up in a stack: this type of map has no look-ups by key: see the methods that it has
#[rex_map] static M: RexStack<u64> = RexStack::new(1, 0);
#[rex_kprobe] fn p(obj: &kprobe, _: &PtRegs) -> Result { obj.bpf_map_delete_elem(&M, &()) }

//# pop from a hash map: expected `&RexMapHandle<_, (), _>`, found `&RexMapHandle<1, u32, u64>`
#[rex_map] static M: RexHashMap<u32, u64> = RexHashMap::new(1, 0);
fn f(obj: &kprobe) { obj.bpf_map_pop_elem(&M); }

//# pop from a hash map without keys: this type of map has no push, pop and peek: stacks and queues have
#[rex_map] static M: RexHashMap<(), u64> = RexHashMap::new(1, 0);
#[rex_kprobe] fn p(obj: &kprobe, _: &PtRegs) -> Result { obj.bpf_map_pop_elem(&M); Ok(0) }

//# key of another type: expected `&u32`, found `&u64`
#[rex_map] static M: RexHashMap<u32, u64> = RexHashMap::new(1, 0);
fn f(obj: &kprobe) { obj.bpf_map_lookup_elem(&M, &1u64); }

//# value of another type: expected `&u64`, found `&u32`
#[rex_map] static M: RexHashMap<u32, u64> = RexHashMap::new(1, 0);
fn f(obj: &kprobe) { obj.bpf_map_update_elem(&M, &1, &1u32, 0); }

//# map that is no static: `map` does not live long enough
fn f() { let map: RexHashMap<u32, u64> = RexHashMap::new(1, 0); map.insert(&1, &1); }

//# record larger than an event's: a perf event's record has at most 32 KiB
#[rex_map] static M: RexPerfEventArray<[u8; 40000]> = RexPerfEventArray::new(0, 0);
#[rex_perf_event] fn p(obj: &perf_event, ctx: &bpf_perf_event_data) -> Result {
    M.output(obj, ctx, &[0; 40000], PerfEventMaskedCPU::current_cpu())
}

//# stack trace into another map: expected `7`, found `2`
#[rex_map] static M: RexArrayMap<u64> = RexArrayMap::new(1, 0);
#[rex_kprobe] fn p(obj: &kprobe, ctx: &PtRegs) -> Result { obj.bpf_get_stackid(ctx, &M, 0) }

//# look-up of a stack trace: this type of map has no look-ups by key
#[rex_map] static M: RexStackTrace<u32, [u64; 8]> = RexStackTrace::new(1, 0);
#[rex_kprobe] fn p(obj: &kprobe, _: &PtRegs) -> Result { obj.bpf_map_delete_elem(&M, &0) }

//# static reference into a table of prefixes: no method named `get_mut` found
#[rex_map] static M: RexLPMTrie<LpmKey<4>, u32> = RexLPMTrie::new(1, 0);
fn f() { M.get_mut(&LpmKey::new(8, [10, 0, 0, 0])); }

//# a value that the kernel does not align: is a multiple of the value's alignment
#[rex_map] static M: RexLPMTrie<LpmKey<4>, u64> = RexLPMTrie::new(1, 0);
