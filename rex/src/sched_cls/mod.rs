// SPDX-License-Identifier: GPL-2.0
//! Programs at tc: they see a packet when an interface has received it, or is to send it.
//!
//! ```ignore
//! #[rex_tc]
//! fn mark_dns(_: &sched_cls, skb: &mut __sk_buff) -> Result {
//!     let packet = &skb.data_slice;
//!     let layers = Layers::of(packet).ok_or(-1)?;
//!     if layers.udp(packet).is_some_and(|udp| u16::from_be(udp.dest) == 53) {
//!         skb.set_mark(53);
//!     }
//!     Ok(TC_ACT_OK as i32)
//! }
//! ```
//!
//! What verdict an error is, [`net`](crate::net#verdicts) says.

mod context;
pub(crate) mod skb;

pub use context::__sk_buff;

pub use crate::linux::r#in::{IPPROTO_TCP, IPPROTO_UDP};
pub use crate::linux::pkt_cls::{
    TC_ACT_OK, TC_ACT_PIPE, TC_ACT_QUEUED, TC_ACT_RECLASSIFY, TC_ACT_REDIRECT, TC_ACT_REPEAT,
    TC_ACT_SHOT, TC_ACT_STOLEN, TC_ACT_TRAP, TC_ACT_UNSPEC,
};
pub use crate::net::{compute_ip_checksum, ethhdr, iphdr, ipv6hdr, tcphdr, udphdr};

use core::ffi::{c_int, c_void};
use core::ops::Deref;
use core::ptr::from_mut;

use crate::ffi;
use crate::linux::bpf::BPF_PROG_TYPE_SCHED_CLS;
use crate::net::{NetHelpers, OwnedSocket, SockTuple, bpf_fib_lookup};
use crate::program::{Program, attribute, verdict_or};
use crate::utils::{Result, to_result};

/// The object of a tc program.
pub struct sched_cls {
    helpers: NetHelpers,
}

/// Helpers that can change where the packet's bytes are make `data_slice` anew, also if
/// they fail.
impl sched_cls {
    /// Copies bytes out of the packet, from all its pieces.
    ///
    /// # Errors
    ///
    /// `-EFAULT` if it ends before they do; `buf` is all zeros then.
    pub fn bpf_skb_load_bytes(&self, skb: &__sk_buff<'_>, offset: u32, buf: &mut [u8]) -> Result {
        let len = u32::try_from(buf.len()).unwrap_or(u32::MAX);
        let buf = buf.as_mut_ptr().cast();
        // SAFETY: the packet is the kernel's; `buf` is live and not shorter.
        to_result!(unsafe { ffi::bpf_skb_load_bytes(skb.as_ptr(), offset.into(), buf, len.into()) })
    }

    /// Copies bytes into the packet; they are pulled into its first piece.
    ///
    /// `flags` are `BPF_F_RECOMPUTE_CSUM` and `BPF_F_INVALIDATE_HASH`, or 0.
    ///
    /// # Errors
    ///
    /// `-EFAULT` if the packet ends before they do, or if there is no memory; `-EINVAL` for
    /// other flags.
    pub fn bpf_skb_store_bytes(
        &self,
        skb: &mut __sk_buff<'_>,
        offset: u32,
        buf: &[u8],
        flags: u64,
    ) -> Result {
        let len = u32::try_from(buf.len()).unwrap_or(u32::MAX);
        let buf = buf.as_ptr().cast();
        // SAFETY: the packet is the kernel's, and nobody borrows it; `buf` is live and not
        // shorter.
        let status = unsafe {
            ffi::bpf_skb_store_bytes(skb.as_ptr(), offset.into(), buf, len.into(), flags)
        };
        skb.refresh();
        to_result!(status)
    }

    /// Makes the first `len` bytes of the packet one piece, which `data_slice` then has; 0 stands
    /// for as many as it has already.
    ///
    /// # Errors
    ///
    /// `-ENOMEM` if the packet is shorter, or if there is no memory.
    pub fn bpf_skb_pull_data(&self, skb: &mut __sk_buff<'_>, len: u32) -> Result {
        // SAFETY: the packet is the kernel's, and nobody borrows it.
        let status = unsafe { ffi::bpf_skb_pull_data(skb.as_ptr(), len.into()) };
        skb.refresh();
        to_result!(status)
    }

    /// Makes room for `len` bytes in front of the packet; they are 0.
    ///
    /// # Errors
    ///
    /// `-EINVAL` if the packet would be too long, `-ENOMEM`.
    pub fn bpf_skb_change_head(&self, skb: &mut __sk_buff<'_>, len: u32, flags: u64) -> Result {
        // SAFETY: the packet is the kernel's, and nobody borrows it.
        let status = unsafe { ffi::bpf_skb_change_head(skb.as_ptr(), len.into(), flags) };
        skb.refresh();
        to_result!(status)
    }

    /// Makes the packet `len` bytes long; bytes that are added are 0.
    ///
    /// # Errors
    ///
    /// `-EINVAL` if that is too long, or shorter than its headers; `-ENOTSUPP` (524) if the
    /// device has to do a part of its checksum or segmentation; `-ENOMEM`.
    pub fn bpf_skb_change_tail(&self, skb: &mut __sk_buff<'_>, len: u32, flags: u64) -> Result {
        // SAFETY: the packet is the kernel's, and nobody borrows it.
        let status = unsafe { ffi::bpf_skb_change_tail(skb.as_ptr(), len.into(), flags) };
        skb.refresh();
        to_result!(status)
    }

    /// Updates the IP header's checksum, which is at `offset`, for a change of the header.
    ///
    /// `from` and `to` are what was changed, 2 or 4 bytes as the lower bits of `flags` say; or
    /// with 0 there, `from` is 0 and `to` a difference from `bpf_csum_diff`.
    ///
    /// # Errors
    ///
    /// `-EFAULT` if there is no such place in the packet, or no memory; `-EINVAL` for other flags.
    pub fn bpf_l3_csum_replace(
        &self,
        skb: &mut __sk_buff<'_>,
        offset: u32,
        from: u64,
        to: u64,
        flags: u64,
    ) -> Result {
        // SAFETY: the packet is the kernel's, and nobody borrows it.
        let status =
            unsafe { ffi::bpf_l3_csum_replace(skb.as_ptr(), offset.into(), from, to, flags) };
        skb.refresh();
        to_result!(status)
    }

    /// Updates the checksum of the TCP or UDP header, which is at `offset`, for a change.
    ///
    /// As [`bpf_l3_csum_replace`](Self::bpf_l3_csum_replace). `flags` can have `BPF_F_PSEUDO_HDR`
    /// for a change of what is not in that header itself, `BPF_F_MARK_MANGLED_0` for UDP, which
    /// needs no checksum, and more that bpf-helpers(7) describes.
    ///
    /// # Errors
    ///
    /// `-EFAULT` if there is no such place in the packet, or no memory; `-EINVAL` for other flags.
    pub fn bpf_l4_csum_replace(
        &self,
        skb: &mut __sk_buff<'_>,
        offset: u32,
        from: u64,
        to: u64,
        flags: u64,
    ) -> Result {
        // SAFETY: the packet is the kernel's, and nobody borrows it.
        let status =
            unsafe { ffi::bpf_l4_csum_replace(skb.as_ptr(), offset.into(), from, to, flags) };
        skb.refresh();
        to_result!(status)
    }

    /// Adds to the sum of the packet's bytes that the device has computed; the value is it.
    ///
    /// # Errors
    ///
    /// `-ENOTSUPP` (524) if the device has computed none.
    pub fn bpf_csum_update(
        &self,
        skb: &mut __sk_buff<'_>,
        csum: u32,
    ) -> core::result::Result<u32, c_int> {
        // SAFETY: the packet is the kernel's.
        let sum = unsafe { ffi::bpf_csum_update(skb.as_ptr(), csum.into()) };
        u32::try_from(sum).map_err(|_| sum as c_int)
    }

    /// Sends a clone of the packet out of an interface, or with `BPF_F_INGRESS` in `flags` into
    /// it, as if it had been received there.
    ///
    /// # Errors
    ///
    /// `-EINVAL` if there is no such interface, or for other flags; `-ENOMEM`; the error or
    /// the `NET_XMIT_*` of sending.
    pub fn bpf_clone_redirect(&self, skb: &mut __sk_buff<'_>, ifindex: u32, flags: u64) -> Result {
        // SAFETY: the packet is the kernel's, and nobody borrows it.
        let status = unsafe { ffi::bpf_clone_redirect(skb.as_ptr(), ifindex.into(), flags) };
        skb.refresh();
        to_result!(status)
    }

    /// Has the packet sent out of an interface, or with `BPF_F_INGRESS` in `flags` into it; the
    /// value is the verdict to return.
    ///
    /// That is `TC_ACT_REDIRECT`, or `TC_ACT_SHOT` for other flags. If there is no such interface,
    /// the packet is dropped after the program.
    pub fn bpf_redirect(&self, ifindex: u32, flags: u64) -> Result {
        to_result!(ffi::bpf_redirect(ifindex.into(), flags))
    }

    /// The hash of the packet's flow, computed now if it isn't known.
    pub fn bpf_get_hash_recalc(&self, skb: &mut __sk_buff<'_>) -> u32 {
        // SAFETY: the packet is the kernel's.
        unsafe { ffi::bpf_get_hash_recalc(skb.as_ptr()) as u32 }
    }

    /// Forgets the packet's hash, as after a change of its addresses.
    pub fn bpf_set_hash_invalid(&self, skb: &mut __sk_buff<'_>) {
        // SAFETY: the packet is the kernel's.
        unsafe { ffi::bpf_set_hash_invalid(skb.as_ptr()) };
    }

    /// Looks up the route of a packet, as for forwarding it.
    ///
    /// `flags` are the kernel's `BPF_FIB_LOOKUP_*`. The value is one of `BPF_FIB_LKUP_RET_*`, of
    /// which 0 means that `params` has the answer.
    ///
    /// # Errors
    ///
    /// `-EINVAL` for other flags, `-EAFNOSUPPORT` for other families, `-ENODEV` if the interface
    /// in `params` is not there.
    pub fn bpf_fib_lookup(
        &self,
        skb: &mut __sk_buff<'_>,
        params: &mut bpf_fib_lookup,
        flags: u32,
    ) -> Result {
        let (params, len) = (from_mut(params).cast(), size_of_val(params) as u64);
        // SAFETY: the packet is the kernel's; `params` is live and has that length.
        to_result!(unsafe { ffi::bpf_skb_fib_lookup(skb.as_ptr(), params, len, flags.into()) })
    }

    /// Looks up the TCP socket that a packet with these addresses is for.
    ///
    /// `netns` is the id of a network namespace, or `BPF_F_CURRENT_NETNS` for the interface's.
    ///
    /// `None` if there is none, or if the program holds as many things as it can, 128.
    pub fn bpf_sk_lookup_tcp(
        &self,
        skb: &__sk_buff<'_>,
        tuple: &SockTuple,
        netns: i32,
    ) -> Option<OwnedSocket> {
        let (tuple, len) = tuple.parts();
        // SAFETY: the packet is the kernel's; `tuple` is live and has that length.
        let sock = unsafe { ffi::rex_tc_sk_lookup_tcp(skb.as_ptr(), tuple, len, netns as u64) };
        // SAFETY: just acquired.
        unsafe { OwnedSocket::new(sock) }
    }

    /// Looks up the UDP socket that a packet with these addresses is for.
    ///
    /// The rest is as for [`bpf_sk_lookup_tcp`](Self::bpf_sk_lookup_tcp).
    pub fn bpf_sk_lookup_udp(
        &self,
        skb: &__sk_buff<'_>,
        tuple: &SockTuple,
        netns: i32,
    ) -> Option<OwnedSocket> {
        let (tuple, len) = tuple.parts();
        // SAFETY: the packet is the kernel's; `tuple` is live and has that length.
        let sock = unsafe { ffi::rex_tc_sk_lookup_udp(skb.as_ptr(), tuple, len, netns as u64) };
        // SAFETY: just acquired.
        unsafe { OwnedSocket::new(sock) }
    }
}

impl Deref for sched_cls {
    type Target = NetHelpers;

    fn deref(&self) -> &NetHelpers {
        &self.helpers
    }
}

// SAFETY: tc passes `struct sk_buff`, which a __sk_buff is of.
unsafe impl Program<attribute::rex_tc> for sched_cls {
    const TYPE: u32 = BPF_PROG_TYPE_SCHED_CLS;
    const SECTION: &'static str = "tc";
    type Context<'a> = &'a mut __sk_buff<'a>;

    unsafe fn run(
        context: *mut c_void,
        function: impl FnOnce(&Self, Self::Context<'_>) -> Result,
    ) -> u32 {
        let program = Self {
            helpers: NetHelpers::new(),
        };
        // SAFETY: the caller passes what the kernel does: a packet that is this program's
        // alone until it returns.
        let mut context = unsafe { __sk_buff::new(context.cast()) };
        verdict_or(TC_ACT_UNSPEC, function(&program, &mut context))
    }
}
