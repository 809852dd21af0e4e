// SPDX-License-Identifier: GPL-2.0
//! Stacks and queues.

use core::ffi::c_void;
use core::mem::MaybeUninit;
use core::ptr::from_ref;

use super::{Map, RexMapHandle, RexQueue, RexStack};
use crate::ffi::{self, bpf_map};
use crate::linux::bpf::{BPF_ANY, BPF_EXIST, BPF_MAP_TYPE_QUEUE, BPF_MAP_TYPE_STACK};
use crate::plain::PlainData;
use crate::utils::{Result, to_result};

/// A map without keys, whose values come out in an order: stacks and queues.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a stack or queue",
    label = "not a stack or queue"
)]
pub trait Sequence: Map {
    /// What the map holds.
    type Value: PlainData;
}

/// Pushes a value.
pub(crate) fn push<M: Sequence>(map: &M, value: &M::Value, flags: u64) -> Result {
    // SAFETY: the kernel made the map, with values of this size.
    to_result!(unsafe { ffi::bpf_map_push_elem(map.kernel_map(), from_ref(value).cast(), flags) })
}

/// Takes the next value.
pub(crate) fn pop<M: Sequence>(map: &M) -> Option<M::Value> {
    // SAFETY: on success the helper has filled a value of the map, which is a `Value`.
    unsafe { filled(map.kernel_map(), ffi::bpf_map_pop_elem) }
}

/// Copies the next value.
pub(crate) fn peek<M: Sequence>(map: &M) -> Option<M::Value> {
    // SAFETY: on success the helper has filled a value of the map, which is a `Value`.
    unsafe { filled(map.kernel_map(), ffi::bpf_map_peek_elem) }
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
    ($($map:ident $map_type:ident)*) => {$(
        impl<V: PlainData> Sequence for RexMapHandle<$map_type, (), V> {
            type Value = V;
        }

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

sequences! {
    RexStack BPF_MAP_TYPE_STACK
    RexQueue BPF_MAP_TYPE_QUEUE
}
