// SPDX-License-Identifier: GPL-2.0
//! Methods of arrays.

use super::{RexArrayMap, RexPerCPUArrayMap, keyed};
use crate::linux::bpf::BPF_ANY;
use crate::plain::PlainData;
use crate::utils::Result;

macro_rules! array_methods {
    ($($map:ident)*) => {$(
        impl<V: PlainData> $map<V> {
            /// Sets the value at an index.
            ///
            /// # Errors
            ///
            /// `-E2BIG` if the index is past the end.
            pub fn insert(&'static self, index: &u32, value: &V) -> Result {
                keyed::update(self, index, value, BPF_ANY.into())
            }

            /// A copy of the value at an index, each part of it read once.
            pub fn get(&'static self, index: &u32) -> Option<V> {
                keyed::get(self, index)
            }

            /// The value at an index: [memory that others write](crate::map#values).
            #[allow(clippy::mut_from_ref, reason = "see the module `map`: values are shared by design")]
            pub fn get_mut(&'static self, index: &u32) -> Option<&'static mut V> {
                let value = keyed::lookup(self, index)?;
                // SAFETY: an array's values live as long as the map, which lives as long as
                // this static; any bytes are a `V`. For aliases see the module `map`.
                Some(unsafe { &mut *value.as_ptr() })
            }

            /// Fails: the entries of an array always exist.
            ///
            /// # Errors
            ///
            /// `-EINVAL`
            pub fn delete(&'static self, index: &u32) -> Result {
                keyed::delete(self, index)
            }
        }
    )*};
}

array_methods! { RexArrayMap RexPerCPUArrayMap }
