// SPDX-License-Identifier: GPL-2.0
//! What XDP programs and tc programs have in common.
//!
//! # Verdicts
//!
//! A program returns `Ok` with a verdict: one of `XDP_*` or `TC_ACT_*`. For an `Err`:
//!
//! - a negative one is an error, such as those that helpers return: the packet goes on
//!   as if there were no program, which is `XDP_PASS` and `TC_ACT_UNSPEC`. So a `?` on
//!   a packet that the program doesn't understand leaves it to the kernel;
//! - any other is the verdict: `ok_or(XDP_DROP as i32)?` drops the packet.
//!
//! A program that panics or runs too long has the verdicts of the first case, too.

mod answer;
mod checksum;
mod header;
mod layers;
mod packet;
mod parity;
mod route;
mod socket;

pub use checksum::{Checksum, compute_ip_checksum};
pub use header::{ethhdr, iphdr, ipv6hdr, tcphdr, udphdr};
pub use layers::{IpVersion, Layers};
pub use packet::Packet;
pub use route::bpf_fib_lookup;
pub use socket::{OwnedSocket, SockTuple, Socket};

pub use parity::Context;

use core::ffi::c_int;
use core::ops::Deref;

use crate::ffi;
use crate::helpers::Helpers;

/// The helpers of network programs.
pub struct NetHelpers {
    helpers: Helpers,
}

impl NetHelpers {
    pub(crate) const fn new() -> Self {
        Self {
            helpers: Helpers::new(),
        }
    }

    /// How a checksum changes when the bytes `from` are replaced by the bytes `to`.
    ///
    /// Either can be empty. `seed` is added; the result is a sum to be folded, or to be
    /// passed on to `bpf_l4_csum_replace` and the like.
    ///
    /// # Errors
    ///
    /// `-EINVAL` if a length is no multiple of 4, or both together are more than 512.
    pub fn bpf_csum_diff(
        &self,
        from: &[u8],
        to: &[u8],
        seed: u32,
    ) -> core::result::Result<u32, c_int> {
        let (from_start, to_start) = (from.as_ptr().cast(), to.as_ptr().cast());
        let (from_len, to_len) = (from.len() as u64, to.len() as u64);
        // SAFETY: both slices are live; the kernel reads 4 bytes at a time, at any alignment,
        // and only if the lengths are as said above.
        let sum =
            unsafe { ffi::bpf_csum_diff(from_start, from_len, to_start, to_len, seed.into()) };
        u32::try_from(sum).map_err(|_| sum as c_int)
    }
}

impl Deref for NetHelpers {
    type Target = Helpers;

    fn deref(&self) -> &Helpers {
        &self.helpers
    }
}
