// SPDX-License-Identifier: GPL-2.0
//! Integers in network byte order.

use core::fmt;

/// A 16-bit integer in network byte order, as it is in a packet.
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct u16be(u16);

impl u16be {
    /// `value` in network byte order.
    pub const fn new(value: u16) -> Self {
        Self(value.to_be())
    }

    /// The value in the CPU's byte order.
    pub const fn get(self) -> u16 {
        u16::from_be(self.0)
    }
}

impl From<u16> for u16be {
    fn from(value: u16) -> Self {
        Self::new(value)
    }
}

impl From<u16be> for u16 {
    fn from(value: u16be) -> Self {
        value.get()
    }
}

impl fmt::Debug for u16be {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

impl fmt::Display for u16be {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}
