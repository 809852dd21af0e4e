// SPDX-License-Identifier: GPL-2.0
// What map values, keys and reads of kernel memory can't be.

//# bool: `bool` is not plain data
#[rex_map] static M: RexHashMap<u32, bool> = RexHashMap::new(1, 0);

//# char: `char` is not plain data
#[rex_map] static M: RexArrayMap<char> = RexArrayMap::new(1, 0);

//# enum: `Kind` is not plain data
#[derive(Clone, Copy)] #[repr(u8)] enum Kind { A, B }
#[rex_map] static M: RexArrayMap<Kind> = RexArrayMap::new(1, 0);

//# option: `Option<u32>` is not plain data
#[rex_map] static M: RexQueue<Option<u32>> = RexQueue::new(1, 0);

//# non-zero: is not plain data
#[rex_map] static M: RexStack<core::num::NonZeroU32> = RexStack::new(1, 0);

//# reference: `&u32` is not plain data
#[rex_map] static M: RexArrayMap<&'static u32> = RexArrayMap::new(1, 0);

//# pointer: `*const u32` is not plain data
#[rex_map] static M: RexArrayMap<*const u32> = RexArrayMap::new(1, 0);

//# function: is not plain data
#[rex_map] static M: RexArrayMap<fn()> = RexArrayMap::new(1, 0);

//# bool inside: `[Inner; 4]` is not plain data
#[derive(Clone, Copy)] struct Inner { count: u32, flag: bool }
#[rex_map] static M: RexArrayMap<[Inner; 4]> = RexArrayMap::new(1, 0);

//# not copy: `Owned` is not plain data
struct Owned { count: u32 }
#[rex_map] static M: RexArrayMap<Owned> = RexArrayMap::new(1, 0);

//# core type with rules of its own: is not plain data
#[rex_map] static M: RexArrayMap<core::array::IntoIter<u8, 4>> = RexArrayMap::new(1, 0);

//# task: `TaskStruct` is not plain data
#[rex_map] static M: RexArrayMap<TaskStruct> = RexArrayMap::new(1, 0);

//# lock guard: is not plain data
#[rex_map] static M: RexArrayMap<rex_spinlock_guard<'static>> = RexArrayMap::new(1, 0);

//# record: RexRingBufEntry` is not plain data
#[rex_map] static M: RexQueue<RexRingBufEntry> = RexQueue::new(1, 0);

//# lock in a key: a `bpf_spin_lock` works in the value of a map only
#[rex_map] static M: RexHashMap<bpf_spin_lock, u32> = RexHashMap::new(1, 0);

//# a type that says that it has no lock: requires an `unsafe impl` declaration
impl rex::plain::NoLock for Locked {}

//# a type that says that it has no reference: requires an `unsafe impl` declaration
struct Pointer(*const u8);
impl rex::plain::NoRef for Pointer {}

//# lock in a packet: a `bpf_spin_lock` works in the value of a map only
fn f(packet: &mut [u8]) {
    let mut value = rex::utils::convert_slice_to_struct_mut::<Locked>(packet);
    rex_spinlock_guard::new(&mut value.lock);
}

//# lock in a record: a `bpf_spin_lock` works in the value of a map only
fn f(entry: &mut RexRingBufEntry) { rex::utils::convert_slice_to_struct_mut::<bpf_spin_lock>(entry); }

//# program object without size: `Token` is not plain data
#[derive(Clone, Copy)] struct Token(core::marker::PhantomData<*mut ()>);
#[rex_map] static M: RexArrayMap<Token> = RexArrayMap::new(1, 0);

//# too large: `[u8; 65537]` is not plain data
#[rex_map] static M: RexArrayMap<[u8; 65537]> = RexArrayMap::new(1, 0);

//# alignment: can't need an alignment of more than 8 bytes
#[rex_map] static M: RexArrayMap<u128> = RexArrayMap::new(1, 0);

//# key with padding: `Key` is not plain data without padding
#[derive(Clone, Copy)] #[repr(C)] struct Key { port: u16, address: u32 }
#[rex_map] static M: RexHashMap<Key, u32> = RexHashMap::new(1, 0);

//# key with padding at its end: `Key` is not plain data without padding
#[derive(Clone, Copy)] #[repr(C)] struct Key { address: u32, port: u16 }
#[rex_map] static M: RexHashMap<Key, u32> = RexHashMap::new(1, 0);

//# key of uninitialised bytes: is not plain data without padding
#[rex_map] static M: RexHashMap<core::mem::MaybeUninit<u32>, u32> = RexHashMap::new(1, 0);

//# bool key: `bool` is not plain data
#[rex_map] static M: RexHashMap<bool, u32> = RexHashMap::new(1, 0);

//# kernel memory as bool: `bool` is not plain data
#[rex_kprobe] fn p(obj: &kprobe, ctx: &PtRegs) -> Result {
    let mut flag = false;
    obj.bpf_probe_read_kernel(&mut flag, ctx.rdi() as *const ())
}

//# kernel memory as str: `&str` is not plain data
#[rex_kprobe] fn p(obj: &kprobe, ctx: &PtRegs) -> Result {
    let mut text = "";
    obj.bpf_probe_read_kernel(&mut text, ctx.rdi() as *const ())
}

//# bytes as enum: `Kind` is not plain data
#[derive(Clone, Copy)] #[repr(u8)] enum Kind { A, B }
fn f(bytes: &[u8]) { rex::utils::convert_slice_to_struct::<Kind>(bytes); }

//# padding into bytes: `Padded` is not plain data without padding
#[derive(Clone, Copy)] #[repr(C)] struct Padded { port: u16, address: u32 }
fn f(bytes: &mut [u8]) { rex::utils::convert_slice_to_struct_mut::<Padded>(bytes); }

//# user memory as bool: `bool` is not plain data
#[rex_kprobe] fn p(obj: &kprobe, ctx: &PtRegs) -> Result {
    let mut flag = false;
    obj.bpf_probe_read_user(&mut flag, ctx.rdi() as *const ())
}

//# perf event's record of references: `&u32` is not plain data
#[rex_map] static M: RexPerfEventArray<&'static u32> = RexPerfEventArray::new(0, 0);

//# stack trace of non-zero numbers: is not plain data
#[rex_map] static M: RexStackTrace<u32, [core::num::NonZeroU64; 8]> = RexStackTrace::new(1, 0);

//# per-CPU option: `Option<u32>` is not plain data
#[rex_map] static M: RexPerCPUHashMap<u32, Option<u32>> = RexPerCPUHashMap::new(1, 0);

//# ordering in a table of prefixes: `core::cmp::Ordering` is not plain data
#[rex_map] static M: RexLPMTrie<LpmKey<4>, core::cmp::Ordering> = RexLPMTrie::new(1, 0);

//# char key that is evicted: `char` is not plain data
#[rex_map] static M: RexLRUHashMap<char, u32> = RexLRUHashMap::new(1, 0);

//# array behind a tracepoint's record as bool: mismatched types
#[rex_tracepoint_context("sched/sched_process_exec")] struct Exec;
fn f(ctx: &Exec) { let mut buf = [false; 4]; let _ = ctx.filename(&mut buf); }
