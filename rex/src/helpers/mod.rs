// SPDX-License-Identifier: GPL-2.0
//! What programs may call.
//!
//! A program object derefs to the set of helpers that its program type has: each
//! helper is written once, and is a method of every object that has it. Names and
//! meanings are those of eBPF's helpers; bpf-helpers(7) describes them.

mod memory;
mod output;
mod snprintf;
mod stack;
mod tracing;

pub use output::{PerfEventMaskedCPU, PerfEventStreamer};
pub use tracing::TracingHelpers;

use core::ffi::c_int;

use crate::ffi;
use crate::linux::bpf::bpf_map_type;
use crate::map::{RexMapHandle, keyed, sequence};
use crate::plain::{PlainBytes, PlainData};
use crate::utils::{OneInvocation, Result};

/// The helpers of every program.
pub struct Helpers {
    _invocation: OneInvocation,
}

impl Helpers {
    /// Only a program that is running has one.
    pub(crate) const fn new() -> Self {
        Self {
            _invocation: core::marker::PhantomData,
        }
    }

    /// The number of the CPU that the program runs on.
    ///
    /// It stays there: a program is not preempted.
    pub fn bpf_get_smp_processor_id(&self) -> c_int {
        ffi::bpf_get_smp_processor_id() as c_int
    }

    /// The number of the NUMA node that the program runs on.
    pub fn bpf_get_numa_node_id(&self) -> c_int {
        ffi::bpf_get_numa_node_id() as c_int
    }

    /// Nanoseconds since boot, without the time that the system was suspended.
    pub fn bpf_ktime_get_ns(&self) -> u64 {
        ffi::bpf_ktime_get_ns()
    }

    /// Nanoseconds since boot, with the time that the system was suspended.
    pub fn bpf_ktime_get_boot_ns(&self) -> u64 {
        ffi::bpf_ktime_get_boot_ns()
    }

    /// Nanoseconds since boot as of the last tick: cheaper, and less precise.
    pub fn bpf_ktime_get_coarse_ns(&self) -> u64 {
        ffi::bpf_ktime_get_coarse_ns()
    }

    /// The kernel's tick counter.
    pub fn bpf_jiffies64(&self) -> u64 {
        ffi::bpf_jiffies64()
    }

    /// A pseudo-random number, not for cryptography.
    pub fn bpf_get_prandom_u32(&self) -> u32 {
        ffi::bpf_user_rnd_u32() as u32
    }

    /// Finds the value of a key.
    ///
    /// The value is the map's own memory, and stays so while the program runs, even
    /// after the key was deleted. [What others can do to it](crate::map#values).
    #[allow(
        clippy::mut_from_ref,
        reason = "see the module `map`: values are shared by design"
    )]
    pub fn bpf_map_lookup_elem<const MT: bpf_map_type, K: PlainBytes, V: PlainData>(
        &self,
        map: &'static RexMapHandle<MT, K, V>,
        key: &K,
    ) -> Option<&mut V> {
        const { keyed::require_keys(MT) };
        let value = keyed::lookup(map, key)?;
        // SAFETY: it points to a value of the map, of this size and alignment, any bytes
        // of which are valid. Programs run in an RCU read section, in which no element's
        // memory is freed, and the borrow of `self`, which lives in the entry's frame,
        // ends before it does. For aliases see the module `map`.
        Some(unsafe { &mut *value.as_ptr() })
    }

    /// Sets the value of a key.
    ///
    /// `flags` is one of `BPF_ANY`, `BPF_NOEXIST` (only a new key) and `BPF_EXIST`
    /// (only a key that is there).
    ///
    /// # Errors
    ///
    /// The kernel's negative errno: `-EEXIST` and `-ENOENT` as the flags say, `-E2BIG` if
    /// the map is full, `-ENOMEM`, `-EINVAL`, `-EBUSY` if the program interrupted one that
    /// changes the same place of the map.
    pub fn bpf_map_update_elem<const MT: bpf_map_type, K: PlainBytes, V: PlainData>(
        &self,
        map: &'static RexMapHandle<MT, K, V>,
        key: &K,
        value: &V,
        flags: u64,
    ) -> Result {
        const { keyed::require_keys(MT) };
        keyed::update(map, key, value, flags)
    }

    /// Deletes a key and its value.
    ///
    /// # Errors
    ///
    /// `-ENOENT` if it isn't there, `-EINVAL` for an array, whose entries always are.
    pub fn bpf_map_delete_elem<const MT: bpf_map_type, K: PlainBytes, V: PlainData>(
        &self,
        map: &'static RexMapHandle<MT, K, V>,
        key: &K,
    ) -> Result {
        const { keyed::require_keys(MT) };
        keyed::delete(map, key)
    }

    /// Pushes a value on a stack or queue; with the flag `BPF_EXIST` a full one loses its oldest.
    ///
    /// # Errors
    ///
    /// `-E2BIG` if it is full, `-EBUSY` if the program interrupted one that uses it.
    pub fn bpf_map_push_elem<const MT: bpf_map_type, V: PlainData>(
        &self,
        map: &'static RexMapHandle<MT, (), V>,
        value: &V,
        flags: u64,
    ) -> Result {
        const { sequence::require_order(MT) };
        sequence::push(map, value, flags)
    }

    /// Takes the next value off a stack or queue; `None` if it is empty.
    pub fn bpf_map_pop_elem<const MT: bpf_map_type, V: PlainData>(
        &self,
        map: &'static RexMapHandle<MT, (), V>,
    ) -> Option<V> {
        const { sequence::require_order(MT) };
        sequence::pop(map)
    }

    /// Copies the next value of a stack or queue, which stays there; `None` if it is empty.
    pub fn bpf_map_peek_elem<const MT: bpf_map_type, V: PlainData>(
        &self,
        map: &'static RexMapHandle<MT, (), V>,
    ) -> Option<V> {
        const { sequence::require_order(MT) };
        sequence::peek(map)
    }
}
