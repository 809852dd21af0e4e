// SPDX-License-Identifier: GPL-2.0
//! Maps: data that programs share with each other and with user space.
//!
//! A map is a static under `#[rex_map]`. The kernel makes the map when the object is
//! loaded; user space finds it by the static's name.
//!
//! ```ignore
//! #[rex_map]
//! static COUNTS: RexHashMap<u32, u64> = RexHashMap::new(1024, 0);
//! ```
//!
//! Keys and values are [plain data](crate::plain), keys without padding. A value may have
//! padding, and bytes that were not written, such as a `MaybeUninit`: the toolchain makes
//! them zero, or they are what the program itself had there. Nothing of the kernel's stack
//! is among them.
//!
//! Tools such as `bpftool map dump` show the fields of keys and values by their names, which
//! the link takes from the debug info.
//!
//! # Values
//!
//! A look-up gives `Option<&mut V>`, since that is what programs are written for. The
//! value is the map's own memory:
//!
//! - It is alive while the reference is. Values of arrays and of hash maps live as
//!   long as the map, and the map as long as the program's code. Hash maps with
//!   `BPF_F_NO_PREALLOC` free them after the programs that run have ended: look-ups
//!   through the program object end before that, and `get_mut` refuses such a map.
//!   A value whose key was deleted can become the value of another key.
//! - It can change at any time: another CPU, user space, a program in an interrupt, or
//!   a second look-up of the same key can write it. Every bit pattern is a valid
//!   `V`, so that what is read is old, new or, if `V` is larger than a machine word,
//!   a mix of both, and no more than that.
//!
//! The second point is weaker than what Rust says of `&mut`, whose memory nobody else
//! writes. The crate may do so because extensions are built by Rex's own toolchain,
//! with `-Zmutable-noalias=no`: the compiler does not use the rule. A `&V` made from
//! such a reference and kept over a write to the same value may show the old one.
//!
//! A value that is checked first and used then should be copied out once, which
//! `get` does with a volatile read. Counting on several CPUs loses counts in all but
//! per-CPU maps.
//!
//! # In NMIs
//!
//! A perf event of a hardware counter, a tracepoint such as `nmi/nmi_handler`, and a kprobe
//! that is a breakpoint, which one within a function is, run as in an NMI. There the maps of
//! the kinds LRU and LPM can be read, and not changed: that is `-EBUSY`, since it would wait
//! for ever for a lock that what was interrupted holds. It is, too, where a program runs on top of
//! one that changes such a map. Other maps fail only if what they change is just being
//! changed by what was interrupted.

mod array;
mod direct;
mod hash;
pub(crate) mod keyed;
mod lpm_trie;
mod perf_event_array;
pub(crate) mod redirect;
mod ringbuf;
pub(crate) mod sequence;

pub use lpm_trie::LpmKey;
pub use perf_event_array::{PerfEventMaskedCPU, PerfEventStreamer};
pub use ringbuf::RexRingBufEntry;

use core::cell::UnsafeCell;
use core::marker::PhantomData;

use crate::ffi::bpf_map;
use crate::linux::bpf::{
    BPF_F_NO_PREALLOC, BPF_MAP_TYPE_ARRAY, BPF_MAP_TYPE_CPUMAP, BPF_MAP_TYPE_DEVMAP,
    BPF_MAP_TYPE_DEVMAP_HASH, BPF_MAP_TYPE_HASH, BPF_MAP_TYPE_LPM_TRIE, BPF_MAP_TYPE_LRU_HASH,
    BPF_MAP_TYPE_LRU_PERCPU_HASH, BPF_MAP_TYPE_PERCPU_ARRAY, BPF_MAP_TYPE_PERCPU_HASH,
    BPF_MAP_TYPE_PERF_EVENT_ARRAY, BPF_MAP_TYPE_QUEUE, BPF_MAP_TYPE_RINGBUF, BPF_MAP_TYPE_STACK,
    BPF_MAP_TYPE_STACK_TRACE, bpf_map_type,
};
use crate::plain::{PlainBytes, PlainData};

/// The kernel's, on x86-64.
const PAGE_SIZE: u32 = 4096;

/// `struct rex_map_handle`: what a program has of a map.
#[doc(hidden)]
#[repr(C, align(8))]
pub struct Handle {
    map_type: u32,
    key_size: u32,
    value_size: u32,
    max_entries: u32,
    map_flags: u32,
    reserved: u32,
    map: UnsafeCell<*mut bpf_map>,
}

const _: () = assert!(size_of::<Handle>() == 32);

// SAFETY: only the kernel writes a handle, when it loads the object, before any
// program runs; from then on the memory is read-only.
unsafe impl Sync for Handle {}

impl Handle {
    /// The kernel's map.
    ///
    /// # Panics
    ///
    /// If the kernel doesn't know of the map, since its static lacks `#[rex_map]`.
    pub(crate) fn map(&self) -> *mut bpf_map {
        // SAFETY: always a live pointer-sized value, and nobody writes it while a program
        // runs. Volatile: the compiler sees only the initial value, null.
        let map = unsafe { self.map.get().read_volatile() };
        assert!(!map.is_null(), "a map without #[rex_map] was used");
        map
    }
}

/// A map of type `MT`, one of the kernel's `BPF_MAP_TYPE_*`.
///
/// The types below name those that programs use.
#[repr(transparent)]
pub struct RexMapHandle<const MT: bpf_map_type, K, V> {
    handle: Handle,
    // As values come and go through calls, `K` and `V` decide nothing about Sync.
    _types: PhantomData<fn(K) -> V>,
}

impl<const MT: bpf_map_type, K: PlainBytes, V: PlainData> RexMapHandle<MT, K, V> {
    /// User space puts file descriptors into an array of perf events: `V` is what the
    /// events' records are.
    const VALUE_SIZE: u32 = match MT {
        BPF_MAP_TYPE_PERF_EVENT_ARRAY => 4,
        _ => size_of::<V>() as u32,
    };

    /// What the kernel wants of all maps of a type.
    const FLAGS: u32 = match MT {
        BPF_MAP_TYPE_LPM_TRIE => BPF_F_NO_PREALLOC,
        _ => 0,
    };

    /// Describes a map of up to `max_entries` entries; `flags` are the kernel's `BPF_F_*`.
    ///
    /// # Panics
    ///
    /// Fails to compile, as a static's value, for what the kernel has no map for.
    pub const fn new(max_entries: u32, flags: u32) -> Self {
        // The kernel aligns values to 8.
        const {
            assert!(
                align_of::<V>() <= 8,
                "a map's value can't need an alignment of more than 8 bytes"
            );
            // There it lies right behind the address, which is aligned to 8.
            assert!(
                MT != BPF_MAP_TYPE_LPM_TRIE
                    || (size_of::<K>() - size_of::<u32>()).is_multiple_of(align_of::<V>()),
                "in a table of prefixes the address's length is a multiple of the value's alignment"
            )
        };
        assert!(
            MT != BPF_MAP_TYPE_RINGBUF || max_entries.is_power_of_two() && max_entries >= PAGE_SIZE,
            "a ring buffer's size is a power of two of at least 4096 bytes"
        );
        Self {
            handle: Handle {
                map_type: MT,
                key_size: size_of::<K>() as u32,
                value_size: Self::VALUE_SIZE,
                max_entries,
                map_flags: flags | Self::FLAGS,
                reserved: 0,
                map: UnsafeCell::new(core::ptr::null_mut()),
            },
            _types: PhantomData,
        }
    }
}

impl<const MT: bpf_map_type, K, V> RexMapHandle<MT, K, V> {
    pub(crate) const fn handle(&self) -> &Handle {
        &self.handle
    }
}

/// An array of values with indices from 0, which all exist from the start.
pub type RexArrayMap<V> = RexMapHandle<BPF_MAP_TYPE_ARRAY, u32, V>;

/// An array with values for each CPU: a program sees those of the CPU it runs on.
pub type RexPerCPUArrayMap<V> = RexMapHandle<BPF_MAP_TYPE_PERCPU_ARRAY, u32, V>;

/// A hash table.
pub type RexHashMap<K, V> = RexMapHandle<BPF_MAP_TYPE_HASH, K, V>;

/// A hash table with values for each CPU: a program sees those of the CPU it runs on.
pub type RexPerCPUHashMap<K, V> = RexMapHandle<BPF_MAP_TYPE_PERCPU_HASH, K, V>;

/// A hash table that, when it is full, loses what was used least recently.
pub type RexLRUHashMap<K, V> = RexMapHandle<BPF_MAP_TYPE_LRU_HASH, K, V>;

/// The same with values for each CPU.
pub type RexLRUPerCPUHashMap<K, V> = RexMapHandle<BPF_MAP_TYPE_LRU_PERCPU_HASH, K, V>;

/// A table of prefixes: a look-up finds the longest that its key starts with.
///
/// Keys are [`LpmKey`]s, such as network addresses.
pub type RexLPMTrie<K, V> = RexMapHandle<BPF_MAP_TYPE_LPM_TRIE, K, V>;

/// An array of perf events, which take records of type `V` to user space.
///
/// User space opens an event for each CPU (`perf_buffer__new()` does) and puts it at the
/// CPU's number. With 0 entries [`new`](RexMapHandle::new) makes one for each CPU.
pub type RexPerfEventArray<V> = RexMapHandle<BPF_MAP_TYPE_PERF_EVENT_ARRAY, u32, V>;

/// A table of stack traces: `K` is `u32`, and `V` an array of as many `u64` as a trace can
/// have entries.
///
/// Programs add traces with `bpf_get_stackid`, and user space looks them up by their ids.
pub type RexStackTrace<K, V> = RexMapHandle<BPF_MAP_TYPE_STACK_TRACE, K, V>;

/// A stack: what was pushed last comes first.
pub type RexStack<V> = RexMapHandle<BPF_MAP_TYPE_STACK, (), V>;

/// A queue: what was pushed first comes first.
pub type RexQueue<V> = RexMapHandle<BPF_MAP_TYPE_QUEUE, (), V>;

/// A ring buffer: a stream of records of any sizes to user space, in the order in which
/// programs reserved them.
///
/// [`new`](RexMapHandle::new) takes its size in bytes, a power of two of at least 4096.
pub type RexRingBuf = RexMapHandle<BPF_MAP_TYPE_RINGBUF, (), ()>;

/// An array of interfaces to send packets out of: `xdp`'s `bpf_redirect_map` takes it.
pub type RexDevMap = RexMapHandle<BPF_MAP_TYPE_DEVMAP, u32, u32>;

/// The same with any keys.
pub type RexDevMapHash = RexMapHandle<BPF_MAP_TYPE_DEVMAP_HASH, u32, u32>;

/// An array of CPUs that go on with packets: a key is the CPU's number, a value the length of
/// its queue.
pub type RexCpuMap = RexMapHandle<BPF_MAP_TYPE_CPUMAP, u32, u32>;

/// Emits a map's static and its descriptor; `#[rex_map]` calls it.
///
/// A `macro_rules!` macro, since only those can hold `unsafe` for a crate that forbids it.
#[doc(hidden)]
#[macro_export]
#[allow_internal_unsafe]
macro_rules! __rex_map {
    ($text:literal $symbol:literal $(#[$attribute:meta])* $vis:vis static $name:ident: $ty:ty = $value:expr;) => {
        $(#[$attribute])*
        #[unsafe(link_section = ".data.rel.ro.rex_maps")]
        $vis static $name: $ty = $value;

        const _: () = {
            #[used]
            #[unsafe(export_name = $symbol)]
            #[unsafe(link_section = ".rex.maps")]
            static __REX_MAP: $crate::abi::MapDesc = $crate::abi::MapDesc::new($text, &$name);
        };
    };
}
