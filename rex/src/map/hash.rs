// SPDX-License-Identifier: GPL-2.0
//! Methods of hash maps.

use super::{RexHashMap, RexLRUHashMap, RexLRUPerCPUHashMap, RexPerCPUHashMap, keyed};
use crate::linux::bpf::{BPF_ANY, BPF_EXIST, BPF_F_NO_PREALLOC, BPF_NOEXIST};
use crate::plain::{PlainBytes, PlainData};
use crate::utils::Result;

macro_rules! hash_methods {
    ($($map:ident)*) => {$(
        impl<K: PlainBytes, V: PlainData> $map<K, V> {
            /// Sets the value of a key, whether it is there or not.
            ///
            /// # Errors
            ///
            /// `-E2BIG` if the map is full, `-ENOMEM`, `-EBUSY` if the program interrupted one
            /// that changes the same place of the map, or [in an NMI](super#in-nmis).
            pub fn insert(&'static self, key: &K, value: &V) -> Result {
                keyed::update(self, key, value, BPF_ANY.into())
            }

            /// Sets the value of a new key.
            ///
            /// # Errors
            ///
            /// `-EEXIST` if the key is there, and those of [`insert`](Self::insert).
            pub fn insert_new(&'static self, key: &K, value: &V) -> Result {
                keyed::update(self, key, value, BPF_NOEXIST.into())
            }

            /// Sets the value of a key that is there.
            ///
            /// # Errors
            ///
            /// `-ENOENT` if the key isn't there, and those of [`insert`](Self::insert).
            pub fn update(&'static self, key: &K, value: &V) -> Result {
                keyed::update(self, key, value, BPF_EXIST.into())
            }

            /// A copy of the value of a key, each part of it read once.
            pub fn get(&'static self, key: &K) -> Option<V> {
                keyed::get(self, key)
            }

            /// The value of a key: [memory that others write](crate::map#values).
            ///
            /// # Panics
            ///
            /// If the map has the flag `BPF_F_NO_PREALLOC`: its values can be freed when this
            /// invocation has ended. [`bpf_map_lookup_elem`] works for such a map.
            ///
            /// [`bpf_map_lookup_elem`]: crate::helpers::Helpers::bpf_map_lookup_elem
            #[allow(
                clippy::mut_from_ref,
                reason = "see the module `map`: values are shared by design"
            )]
            pub fn get_mut(&'static self, key: &K) -> Option<&'static mut V> {
                assert!(
                    self.handle.map_flags & BPF_F_NO_PREALLOC == 0,
                    "get_mut on a map with BPF_F_NO_PREALLOC: use the program object's bpf_map_lookup_elem"
                );
                let value = keyed::lookup(self, key)?;
                // SAFETY: values that were allocated with the map live as long as the map, which
                // lives as long as this static; any bytes are a `V`. For aliases see the module
                // `map`.
                Some(unsafe { &mut *value.as_ptr() })
            }

            /// Deletes a key and its value.
            ///
            /// # Errors
            ///
            /// `-ENOENT` if the key isn't there, `-EBUSY` as for [`insert`](Self::insert).
            pub fn delete(&'static self, key: &K) -> Result {
                keyed::delete(self, key)
            }
        }
    )*};
}

hash_methods! { RexHashMap RexPerCPUHashMap RexLRUHashMap RexLRUPerCPUHashMap }
