// SPDX-License-Identifier: GPL-2.0
//! Maps that say where packets go. User space fills them; programs only name them.

use super::RexMapHandle;
use crate::ffi;
use crate::linux::bpf::{
    BPF_MAP_TYPE_CPUMAP, BPF_MAP_TYPE_DEVMAP, BPF_MAP_TYPE_DEVMAP_HASH, bpf_map_type,
};

/// Fails to compile for another map.
pub(crate) const fn require_redirects(map_type: bpf_map_type) {
    assert!(
        matches!(
            map_type,
            BPF_MAP_TYPE_DEVMAP | BPF_MAP_TYPE_DEVMAP_HASH | BPF_MAP_TYPE_CPUMAP
        ),
        "this type of map says nothing of where packets go: use one of interfaces or CPUs"
    );
}

/// The verdict that sends the packet where an entry says.
pub(crate) fn redirect<const MT: bpf_map_type>(
    map: &'static RexMapHandle<MT, u32, u32>,
    key: u32,
    flags: u64,
) -> u64 {
    // SAFETY: the kernel made the map, of a type that redirects.
    unsafe { ffi::bpf_xdp_redirect_map(map.handle.map(), key.into(), flags) }
}
