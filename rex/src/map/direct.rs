// SPDX-License-Identifier: GPL-2.0
//! What the helpers of maps do, by the type of the map.
//!
//! eBPF's verifier knows the map of each call, and puts code for its type in place of
//! the helper's. Here the compiler does: arrays are looked up without a call, and hash
//! maps without the way through the helper and the map's operations. Maps whose lock could
//! be waited for in an NMI are changed through functions of Rex. Tests on the host have the
//! helpers.

use core::ffi::c_void;
use core::ptr::NonNull;

use crate::ffi::{self, bpf_map};
use crate::linux::bpf::bpf_map_type;
#[cfg(target_os = "none")]
use crate::linux::bpf::{
    BPF_MAP_TYPE_ARRAY, BPF_MAP_TYPE_HASH, BPF_MAP_TYPE_LPM_TRIE, BPF_MAP_TYPE_LRU_HASH,
    BPF_MAP_TYPE_LRU_PERCPU_HASH, BPF_MAP_TYPE_PERCPU_ARRAY,
};

/// Finds a value: map and key in, the value or null out.
pub(super) type Lookup = unsafe extern "C" fn(*mut bpf_map, *const c_void) -> *mut c_void;

/// Sets a value: map, key, value and flags in, 0 or a negative errno out.
pub(super) type Update =
    unsafe extern "C" fn(*mut bpf_map, *const c_void, *const c_void, u64) -> u64;

/// Deletes a key: map and key in, 0 or a negative errno out.
pub(super) type Delete = unsafe extern "C" fn(*mut bpf_map, *const c_void) -> u64;

/// The kernel's function for look-ups in maps of a type.
pub(super) const fn lookup_of(map_type: bpf_map_type) -> Lookup {
    match map_type {
        #[cfg(target_os = "none")]
        BPF_MAP_TYPE_HASH => ffi::rex_hash_lookup,
        _ => ffi::bpf_map_lookup_elem,
    }
}

/// The kernel's function for updates of maps of a type.
pub(super) const fn update_of(map_type: bpf_map_type) -> Update {
    match map_type {
        #[cfg(target_os = "none")]
        BPF_MAP_TYPE_ARRAY | BPF_MAP_TYPE_PERCPU_ARRAY => ffi::rex_array_update,
        #[cfg(target_os = "none")]
        BPF_MAP_TYPE_HASH => ffi::rex_hash_update,
        #[cfg(target_os = "none")]
        BPF_MAP_TYPE_LRU_HASH | BPF_MAP_TYPE_LRU_PERCPU_HASH | BPF_MAP_TYPE_LPM_TRIE => {
            ffi::rex_map_update
        }
        _ => ffi::bpf_map_update_elem,
    }
}

/// The kernel's function for deletions in maps of a type.
pub(super) const fn delete_of(map_type: bpf_map_type) -> Delete {
    match map_type {
        #[cfg(target_os = "none")]
        BPF_MAP_TYPE_HASH => ffi::rex_hash_delete,
        #[cfg(target_os = "none")]
        BPF_MAP_TYPE_LRU_HASH | BPF_MAP_TYPE_LRU_PERCPU_HASH | BPF_MAP_TYPE_LPM_TRIE => {
            ffi::rex_map_delete
        }
        _ => ffi::bpf_map_delete_elem,
    }
}

/// Looks a key up.
///
/// # Safety
///
/// The map is of type `MT`, with values of type `V`, and `key` points to one of its keys.
pub(super) unsafe fn lookup<const MT: bpf_map_type, V>(
    map: *mut bpf_map,
    key: *const c_void,
) -> Option<NonNull<V>> {
    #[cfg(target_os = "none")]
    if matches!(MT, BPF_MAP_TYPE_ARRAY | BPF_MAP_TYPE_PERCPU_ARRAY) {
        // SAFETY: the caller says so; the key of an array is a `u32`, aligned or not.
        let index = unsafe { key.cast::<u32>().read_unaligned() };
        // SAFETY: the caller says so.
        return unsafe { array::element::<MT, V>(map, index) };
    }
    let lookup = const { lookup_of(MT) };
    // SAFETY: the caller says that this is such a map and key.
    NonNull::new(unsafe { lookup(map, key) }.cast())
}

#[cfg(target_os = "none")]
mod array {
    use core::ptr::NonNull;

    use crate::ffi::{self, bpf_map};
    use crate::layout;
    use crate::linux::bpf::{BPF_MAP_TYPE_PERCPU_ARRAY, bpf_map_type};

    const MAX_ENTRIES: usize = layout::bpf_map::max_entries.holding::<u32>();
    const INDEX_MASK: usize = layout::bpf_array::index_mask.holding::<u32>();
    /// The values of an array, one behind the other.
    const VALUES: usize = layout::bpf_array::value.holding::<u8>();
    /// The values of a per-CPU array: pointers that are the same for all CPUs.
    const POINTERS: usize = layout::bpf_array::pptrs.holding::<*mut u8>();

    /// The value at an index, as the kernel's `array_map_lookup_elem()` and
    /// `percpu_array_map_lookup_elem()` find it.
    ///
    /// How many there are is what the map says: the loader may have made it larger than
    /// the object declares. The mask keeps a CPU that guesses the comparison's outcome
    /// within the array, as in the kernel.
    ///
    /// # Safety
    ///
    /// The map is of type `MT`, an array, with values of type `V`.
    pub(super) unsafe fn element<const MT: bpf_map_type, V>(
        map: *mut bpf_map,
        index: u32,
    ) -> Option<NonNull<V>> {
        // SAFETY: every map has that field, which doesn't change.
        if index >= unsafe { field::<u32>(map, MAX_ENTRIES).read() } {
            return None;
        }
        // SAFETY: every array has that field, which doesn't change.
        let mask = unsafe { field::<u32>(map, INDEX_MASK).read() };
        let index = (index & mask) as usize;

        let value: *mut V = if MT == BPF_MAP_TYPE_PERCPU_ARRAY {
            let pointer = field::<*mut V>(map, POINTERS).wrapping_add(index);
            // SAFETY: there is a pointer for each index below `max_entries`.
            let value = unsafe { pointer.read() };
            value.wrapping_byte_add(this_cpu_offset())
        } else {
            // The kernel rounds the size of values up.
            let size = size_of::<V>().next_multiple_of(8);
            field(map, VALUES + index * size)
        };
        // SAFETY: it is memory of the map.
        Some(unsafe { NonNull::new_unchecked(value) })
    }

    /// A field of a `struct bpf_array`, which starts with its `struct bpf_map`.
    fn field<T>(map: *mut bpf_map, offset: usize) -> *mut T {
        map.wrapping_byte_add(offset).cast()
    }

    /// Where this CPU's copies of per-CPU memory are. A program stays on its CPU.
    fn this_cpu_offset() -> usize {
        let offset;
        // SAFETY: reads the kernel's per-CPU variable; the symbol is its offset from %gs.
        unsafe {
            core::arch::asm!(
                "mov {offset}, qword ptr gs:[{variable}]",
                offset = out(reg) offset,
                variable = in(reg) &raw const ffi::this_cpu_off,
                options(pure, readonly, nostack, preserves_flags),
            );
        }
        offset
    }
}
