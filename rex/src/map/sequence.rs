// SPDX-License-Identifier: GPL-2.0
//! Stacks and queues.

use core::ffi::c_void;
use core::mem::MaybeUninit;
use core::ptr::from_ref;

use super::{RexMapHandle, RexQueue, RexStack};
use crate::ffi::{self, bpf_map};
use crate::linux::bpf::{BPF_ANY, BPF_EXIST, BPF_MAP_TYPE_QUEUE, BPF_MAP_TYPE_STACK, bpf_map_type};
use crate::plain::PlainData;
use crate::utils::{Result, to_result};

/// Fails to compile for a map that is neither.
pub(crate) const fn require_order(map_type: bpf_map_type) {
    assert!(
        matches!(map_type, BPF_MAP_TYPE_STACK | BPF_MAP_TYPE_QUEUE),
        "this type of map has no push, pop and peek: stacks and queues have"
    );
}

/// Pushes a value.
pub(crate) fn push<const MT: bpf_map_type, V: PlainData>(
    map: &RexMapHandle<MT, (), V>,
    value: &V,
    flags: u64,
) -> Result {
    // SAFETY: the kernel made the map, with values of this size.
    to_result!(unsafe { ffi::bpf_map_push_elem(map.handle.map(), from_ref(value).cast(), flags) })
}

/// Takes the next value.
pub(crate) fn pop<const MT: bpf_map_type, V: PlainData>(
    map: &RexMapHandle<MT, (), V>,
) -> Option<V> {
    // SAFETY: on success the helper has filled a value of the map, which is a `V`.
    unsafe { filled(map.handle.map(), ffi::bpf_map_pop_elem) }
}

/// Copies the next value.
pub(crate) fn peek<const MT: bpf_map_type, V: PlainData>(
    map: &RexMapHandle<MT, (), V>,
) -> Option<V> {
    // SAFETY: on success the helper has filled a value of the map, which is a `V`.
    unsafe { filled(map.handle.map(), ffi::bpf_map_peek_elem) }
}

/// What a helper fills in, unless it fails.
///
/// # Safety
///
/// `helper` can be called with the map and a place for a `V`, and has filled all of it
/// if it returns 0.
unsafe fn filled<V: PlainData>(
    map: *mut bpf_map,
    helper: unsafe extern "C" fn(*mut bpf_map, *mut c_void) -> u64,
) -> Option<V> {
    let mut value = MaybeUninit::<V>::uninit();
    // SAFETY: the caller says so.
    let status = to_result!(unsafe { helper(map, value.as_mut_ptr().cast()) });
    // SAFETY: it is filled, and any bytes are a `V`.
    status.ok().map(|_| unsafe { value.assume_init() })
}

macro_rules! sequences {
    ($($map:ident)*) => {$(
        impl<V: PlainData> $map<V> {
            /// Pushes a value.
            ///
            /// # Errors
            ///
            /// `-E2BIG` if it is full, `-EBUSY` if the program interrupted one that uses it.
            pub fn push(&'static self, value: &V) -> Result {
                push(self, value, BPF_ANY.into())
            }

            /// Pushes a value; if it is full the oldest is lost.
            ///
            /// # Errors
            ///
            /// `-EBUSY` if the program interrupted one that uses it.
            pub fn force_push(&'static self, value: &V) -> Result {
                push(self, value, BPF_EXIST.into())
            }

            /// Takes the next value; `None` if there is none.
            pub fn pop(&'static self) -> Option<V> {
                pop(self)
            }

            /// Copies the next value, which stays; `None` if there is none.
            pub fn peek(&'static self) -> Option<V> {
                peek(self)
            }
        }
    )*};
}

sequences! { RexStack RexQueue }
