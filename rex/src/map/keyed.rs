// SPDX-License-Identifier: GPL-2.0
//! What maps with keys have in common.

use core::ptr::{NonNull, from_ref};

use super::{Map, RexMapHandle};
use crate::ffi;
use crate::linux::bpf::{BPF_MAP_TYPE_ARRAY, BPF_MAP_TYPE_HASH, BPF_MAP_TYPE_PERCPU_ARRAY};
use crate::plain::{PlainBytes, PlainData};
use crate::utils::{Result, to_result};

/// A map in which values are found by keys: arrays and hash maps.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a map with keys",
    label = "not a map with keys",
    note = "stacks and queues have push, pop and peek"
)]
pub trait Keyed: Map {
    /// What values are found by.
    type Key: PlainBytes;
    /// What the map holds.
    type Value: PlainData;
}

macro_rules! keyed {
    ($($map_type:ident)*) => {$(
        impl<K: PlainBytes, V: PlainData> Keyed for RexMapHandle<$map_type, K, V> {
            type Key = K;
            type Value = V;
        }
    )*};
}

keyed! { BPF_MAP_TYPE_ARRAY BPF_MAP_TYPE_PERCPU_ARRAY BPF_MAP_TYPE_HASH }

/// A pointer to a key's value, aligned to 8 and valid as the module `map` says.
pub(crate) fn lookup<M: Keyed>(map: &M, key: &M::Key) -> Option<NonNull<M::Value>> {
    // SAFETY: the kernel made the map, with keys of this size.
    let value = unsafe { ffi::bpf_map_lookup_elem(map.kernel_map(), from_ref(key).cast()) };
    NonNull::new(value.cast())
}

/// A copy of a key's value, each part of it read once.
pub(crate) fn get<M: Keyed>(map: &M, key: &M::Key) -> Option<M::Value> {
    let value = lookup(map, key)?;
    // SAFETY: valid in this invocation; any bytes are a value.
    Some(unsafe { value.read_volatile() })
}

/// Sets a key's value.
pub(crate) fn update<M: Keyed>(map: &M, key: &M::Key, value: &M::Value, flags: u64) -> Result {
    let (key, value) = (from_ref(key).cast(), from_ref(value).cast());
    // SAFETY: the kernel made the map, with keys and values of these sizes.
    to_result!(unsafe { ffi::bpf_map_update_elem(map.kernel_map(), key, value, flags) })
}

/// Deletes a key and its value.
pub(crate) fn delete<M: Keyed>(map: &M, key: &M::Key) -> Result {
    // SAFETY: the kernel made the map, with keys of this size.
    to_result!(unsafe { ffi::bpf_map_delete_elem(map.kernel_map(), from_ref(key).cast()) })
}
