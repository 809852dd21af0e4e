// SPDX-License-Identifier: GPL-2.0
//! The checksum of IP, TCP and UDP (RFC 1071).

use super::iphdr;

/// The sum of the 16-bit words of bytes, which come piece by piece.
///
/// ```ignore
/// let mut sum = Checksum::new();
/// sum.add(&header[..20]);
/// ip.check = sum.finish();
/// ```
#[derive(Clone, Copy, Default, Debug)]
pub struct Checksum {
    sum: u64,
}

impl Checksum {
    /// Of no bytes.
    pub const fn new() -> Self {
        Self { sum: 0 }
    }

    /// Adds bytes. Only the last piece can have an odd number of them.
    pub fn add(&mut self, bytes: &[u8]) {
        let mut words = bytes.chunks_exact(4);
        for word in &mut words {
            self.add_word(word);
        }
        self.add_word(words.remainder());
    }

    /// Up to 4 bytes, of which those that are not there are 0. Sums of any words that have
    /// the same residue modulo 2^16 - 1 are the same checksum.
    fn add_word(&mut self, bytes: &[u8]) {
        let mut word = [0; 4];
        for (to, from) in word.iter_mut().zip(bytes) {
            *to = *from;
        }
        // 2^32 words, which no packet has, would be too many.
        self.sum = self.sum.wrapping_add(u32::from_ne_bytes(word).into());
    }

    /// The checksum, as it is in a header: in network byte order.
    pub const fn finish(self) -> u16 {
        let mut sum = self.sum;
        while sum > 0xffff {
            sum = (sum & 0xffff) + (sum >> 16);
        }
        !(sum as u16)
    }
}

/// The checksum of an IPv4 header without options, for its field `check`, which it clears.
///
/// For a header with options, see [`Checksum`].
pub fn compute_ip_checksum(ip_header: &mut iphdr) -> u16 {
    ip_header.check = 0;
    let mut sum = Checksum::new();
    let bytes = core::ptr::from_ref(ip_header).cast::<[u8; size_of::<iphdr>()]>();
    // SAFETY: all bytes of a header are initialised.
    sum.add(unsafe { &*bytes });
    sum.finish()
}
