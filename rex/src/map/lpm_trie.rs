// SPDX-License-Identifier: GPL-2.0
//! Tables of prefixes.

use super::{RexLPMTrie, keyed};
use crate::linux::bpf::{BPF_ANY, BPF_EXIST, BPF_NOEXIST};
use crate::plain::{PlainBytes, PlainData};
use crate::utils::Result;

/// The first bits of `N` bytes: a key of a [`RexLPMTrie`].
#[repr(C, packed)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LpmKey<const N: usize> {
    prefix_len: u32,
    data: [u8; N],
}

impl<const N: usize> LpmKey<N> {
    /// The first `prefix_len` bits of `data`, from the highest bit of its first byte.
    ///
    /// For a look-up it is the longest prefix that is wanted: all bits of an address.
    pub const fn new(prefix_len: u32, data: [u8; N]) -> Self {
        Self { prefix_len, data }
    }

    /// How many bits count.
    pub const fn prefix_len(&self) -> u32 {
        self.prefix_len
    }

    /// All bytes, those behind the prefix included.
    pub const fn data(&self) -> [u8; N] {
        self.data
    }
}

impl<const N: usize, V: PlainData> RexLPMTrie<LpmKey<N>, V>
where
    LpmKey<N>: PlainBytes,
{
    /// Sets the value of a prefix, whether it is there or not.
    ///
    /// # Errors
    ///
    /// `-ENOSPC` if the map is full, `-EINVAL` for a prefix longer than the key, `-ENOMEM`,
    /// `-EBUSY` [in an NMI](super#in-nmis).
    pub fn insert(&'static self, key: &LpmKey<N>, value: &V) -> Result {
        keyed::update(self, key, value, BPF_ANY.into())
    }

    /// Sets the value of a new prefix.
    ///
    /// # Errors
    ///
    /// `-EEXIST` if the prefix is there, and those of [`insert`](Self::insert).
    pub fn insert_new(&'static self, key: &LpmKey<N>, value: &V) -> Result {
        keyed::update(self, key, value, BPF_NOEXIST.into())
    }

    /// Sets the value of a prefix that is there.
    ///
    /// # Errors
    ///
    /// `-ENOENT` if the prefix isn't there, and those of [`insert`](Self::insert).
    pub fn update(&'static self, key: &LpmKey<N>, value: &V) -> Result {
        keyed::update(self, key, value, BPF_EXIST.into())
    }

    /// A copy of the value of the longest prefix that the key starts with.
    ///
    /// The program object's [`bpf_map_lookup_elem`] lends the value itself.
    ///
    /// [`bpf_map_lookup_elem`]: crate::helpers::Helpers::bpf_map_lookup_elem
    pub fn get(&'static self, key: &LpmKey<N>) -> Option<V> {
        keyed::get(self, key)
    }

    /// Deletes a prefix, exactly this one, and its value.
    ///
    /// # Errors
    ///
    /// `-ENOENT` if the prefix isn't there, `-EINVAL` if it is longer than the key, `-EBUSY`
    /// [in an NMI](super#in-nmis).
    pub fn delete(&'static self, key: &LpmKey<N>) -> Result {
        keyed::delete(self, key)
    }
}
