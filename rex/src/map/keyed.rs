// SPDX-License-Identifier: GPL-2.0
//! What maps with keys have in common.

use core::ptr::{NonNull, from_ref};

use super::{RexMapHandle, direct};
use crate::linux::bpf::{
    BPF_MAP_TYPE_ARRAY, BPF_MAP_TYPE_HASH, BPF_MAP_TYPE_LPM_TRIE, BPF_MAP_TYPE_LRU_HASH,
    BPF_MAP_TYPE_LRU_PERCPU_HASH, BPF_MAP_TYPE_PERCPU_ARRAY, BPF_MAP_TYPE_PERCPU_HASH,
    bpf_map_type,
};
use crate::plain::{PlainBytes, PlainData};
use crate::utils::{Result, to_result};

/// Fails to compile for a map without keys.
///
/// Not a trait, so that a function can take maps of any type `MT`, and is checked for
/// those that it gets. To be called where users call: there the error shows their line.
pub(crate) const fn require_keys(map_type: bpf_map_type) {
    assert!(
        has_keys(map_type),
        "this type of map has no look-ups by key: see the methods that it has"
    );
}

/// Whether a map finds values by keys.
pub(crate) const fn has_keys(map_type: bpf_map_type) -> bool {
    matches!(
        map_type,
        BPF_MAP_TYPE_ARRAY
            | BPF_MAP_TYPE_PERCPU_ARRAY
            | BPF_MAP_TYPE_HASH
            | BPF_MAP_TYPE_PERCPU_HASH
            | BPF_MAP_TYPE_LRU_HASH
            | BPF_MAP_TYPE_LRU_PERCPU_HASH
            | BPF_MAP_TYPE_LPM_TRIE
    )
}

/// A pointer to a key's value, aligned to 8 and valid as the module `map` says.
pub(crate) fn lookup<const MT: bpf_map_type, K: PlainBytes, V: PlainData>(
    map: &RexMapHandle<MT, K, V>,
    key: &K,
) -> Option<NonNull<V>> {
    // SAFETY: the kernel made the map, of this type, with keys and values of these sizes.
    unsafe { direct::lookup::<MT, V>(map.handle.map(), from_ref(key).cast()) }
}

/// A copy of a key's value, each part of it read once.
pub(crate) fn get<const MT: bpf_map_type, K: PlainBytes, V: PlainData>(
    map: &RexMapHandle<MT, K, V>,
    key: &K,
) -> Option<V> {
    let value = lookup(map, key)?;
    // SAFETY: valid in this invocation; any bytes are a value.
    Some(unsafe { value.read_volatile() })
}

/// Sets a key's value.
pub(crate) fn update<const MT: bpf_map_type, K: PlainBytes, V: PlainData>(
    map: &RexMapHandle<MT, K, V>,
    key: &K,
    value: &V,
    flags: u64,
) -> Result {
    let (key, value) = (from_ref(key).cast(), from_ref(value).cast());
    let update = const { direct::update_of(MT) };
    // SAFETY: the kernel made the map, of this type, with keys and values of these sizes.
    to_result!(unsafe { update(map.handle.map(), key, value, flags) })
}

/// Deletes a key and its value.
pub(crate) fn delete<const MT: bpf_map_type, K: PlainBytes, V: PlainData>(
    map: &RexMapHandle<MT, K, V>,
    key: &K,
) -> Result {
    let delete = const { direct::delete_of(MT) };
    // SAFETY: the kernel made the map, of this type, with keys of this size.
    to_result!(unsafe { delete(map.handle.map(), from_ref(key).cast()) })
}
