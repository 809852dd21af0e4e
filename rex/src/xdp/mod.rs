// SPDX-License-Identifier: GPL-2.0
//! Programs at XDP: they see a packet when its driver has received it, before all else.
//!
//! ```ignore
//! #[rex_xdp]
//! fn no_telnet(_: &xdp, ctx: &mut xdp_md) -> Result {
//!     let packet = &ctx.data_slice;
//!     let tcp = Layers::of(packet).and_then(|layers| layers.tcp(packet));
//!     match tcp {
//!         Some(tcp) if u16::from_be(tcp.dest) == 23 => Ok(XDP_DROP as i32),
//!         _ => Ok(XDP_PASS as i32),
//!     }
//! }
//! ```
//!
//! What verdict an error is, [`net`](crate::net#verdicts) says.

mod context;

pub use context::xdp_md;

pub use crate::linux::bpf::{XDP_ABORTED, XDP_DROP, XDP_PASS, XDP_REDIRECT, XDP_TX};
pub use crate::linux::r#in::{IPPROTO_TCP, IPPROTO_UDP};
pub use crate::net::{compute_ip_checksum, ethhdr, iphdr, ipv6hdr, tcphdr, udphdr};

use core::ffi::{c_int, c_void};
use core::ops::Deref;
use core::ptr::from_mut;

use crate::ffi;
use crate::linux::bpf::{BPF_PROG_TYPE_XDP, bpf_map_type};
use crate::map::{RexMapHandle, redirect};
use crate::net::{NetHelpers, OwnedSocket, SockTuple, bpf_fib_lookup};
use crate::program::{Program, attribute, verdict_or};
use crate::utils::{Result, to_result};

/// The object of an XDP program.
pub struct xdp {
    helpers: NetHelpers,
}

/// Helpers that change where the packet starts or ends make `data_slice` anew.
impl xdp {
    /// Moves the packet's start: back by a negative `offset`, which makes room for headers.
    ///
    /// What is there is whatever was there before.
    ///
    /// # Errors
    ///
    /// `-EINVAL` if there is no such room, or less than an Ethernet header would be left.
    pub fn bpf_xdp_adjust_head(&self, ctx: &mut xdp_md<'_>, offset: i32) -> Result {
        // SAFETY: the context is the kernel's, and nobody borrows its packet.
        let status = unsafe { ffi::bpf_xdp_adjust_head(ctx.as_ptr(), offset.into()) };
        ctx.refresh();
        to_result!(status)
    }

    /// Moves the packet's end, forward by a positive `offset`; bytes that are added are 0.
    ///
    /// # Errors
    ///
    /// `-EINVAL` if there is no such room, or less than an Ethernet header would be left;
    /// `-EOPNOTSUPP` if the driver can't extend a packet in several buffers.
    pub fn bpf_xdp_adjust_tail(&self, ctx: &mut xdp_md<'_>, offset: i32) -> Result {
        // SAFETY: the context is the kernel's, and nobody borrows its packet.
        let status = unsafe { ffi::bpf_xdp_adjust_tail(ctx.as_ptr(), offset.into()) };
        ctx.refresh();
        to_result!(status)
    }

    /// Moves the start of the metadata in front of the packet: a negative `offset` makes
    /// more of it, a multiple of 4 bytes, up to 255.
    ///
    /// # Errors
    ///
    /// `-ENOTSUPP` (524) if the driver has no metadata; `-EINVAL` if there is no such room;
    /// `-EACCES` for a length that is none.
    pub fn bpf_xdp_adjust_meta(&self, ctx: &mut xdp_md<'_>, offset: i32) -> Result {
        // SAFETY: the context is the kernel's, and nobody borrows its packet.
        let status = unsafe { ffi::bpf_xdp_adjust_meta(ctx.as_ptr(), offset.into()) };
        ctx.refresh();
        to_result!(status)
    }

    /// The packet's length, in all its buffers.
    pub fn bpf_xdp_get_buff_len(&self, ctx: &xdp_md<'_>) -> u64 {
        // SAFETY: the context is the kernel's.
        unsafe { ffi::bpf_xdp_get_buff_len(ctx.as_ptr()) }
    }

    /// Copies bytes out of the packet, from all its buffers.
    ///
    /// # Errors
    ///
    /// `-EINVAL` if it ends before they do, `-EFAULT` for more than 64 KiB.
    pub fn bpf_xdp_load_bytes(&self, ctx: &xdp_md<'_>, offset: u32, buf: &mut [u8]) -> Result {
        let len = u32::try_from(buf.len()).unwrap_or(u32::MAX);
        let buf = buf.as_mut_ptr().cast();
        // SAFETY: the context is the kernel's; `buf` is live and not shorter.
        to_result!(unsafe { ffi::bpf_xdp_load_bytes(ctx.as_ptr(), offset.into(), buf, len.into()) })
    }

    /// Copies bytes into the packet, into any of its buffers.
    ///
    /// # Errors
    ///
    /// As for [`bpf_xdp_load_bytes`](Self::bpf_xdp_load_bytes).
    pub fn bpf_xdp_store_bytes(&self, ctx: &mut xdp_md<'_>, offset: u32, buf: &[u8]) -> Result {
        let len = u32::try_from(buf.len()).unwrap_or(u32::MAX);
        let buf = buf.as_ptr().cast();
        // SAFETY: the context is the kernel's, and nobody borrows its packet; `buf` is live
        // and not shorter.
        to_result!(unsafe {
            ffi::bpf_xdp_store_bytes(ctx.as_ptr(), offset.into(), buf, len.into())
        })
    }

    /// Has the packet sent out of an interface; the value is the verdict to return.
    ///
    /// That is `XDP_REDIRECT`, or `XDP_ABORTED` for `flags` other than 0. If there is no such
    /// interface, or it can't send, the packet is dropped after the program.
    pub fn bpf_redirect(&self, ifindex: u32, flags: u64) -> Result {
        to_result!(ffi::bpf_xdp_redirect(ifindex.into(), flags))
    }

    /// Has the packet sent where the entry `key` of a map says; the value is the verdict.
    ///
    /// The map is one of interfaces or of CPUs. If it has no such entry, the verdict is that
    /// in the lower two bits of `flags`, else `XDP_REDIRECT`. With `BPF_F_BROADCAST` the packet
    /// goes to all interfaces of the map, with `BPF_F_EXCLUDE_INGRESS` to all but its own.
    pub fn bpf_redirect_map<const MT: bpf_map_type>(
        &self,
        map: &'static RexMapHandle<MT, u32, u32>,
        key: u32,
        flags: u64,
    ) -> Result {
        const { redirect::require_redirects(MT) };
        to_result!(redirect::redirect(map, key, flags))
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
        ctx: &mut xdp_md<'_>,
        params: &mut bpf_fib_lookup,
        flags: u32,
    ) -> Result {
        let (params, len) = (from_mut(params).cast(), size_of_val(params) as u64);
        // SAFETY: the context is the kernel's; `params` is live and has that length.
        to_result!(unsafe { ffi::bpf_xdp_fib_lookup(ctx.as_ptr(), params, len, flags.into()) })
    }

    /// Looks up the TCP socket that a packet with these addresses is for.
    ///
    /// `netns` is the id of a network namespace, or `BPF_F_CURRENT_NETNS` for the interface's.
    ///
    /// `None` if there is none, or if the program holds as many things as it can, 128.
    pub fn bpf_sk_lookup_tcp(
        &self,
        ctx: &xdp_md<'_>,
        tuple: &SockTuple,
        netns: i32,
    ) -> Option<OwnedSocket> {
        let (tuple, len) = tuple.parts();
        // SAFETY: the context is the kernel's; `tuple` is live and has that length.
        let sock = unsafe { ffi::rex_xdp_sk_lookup_tcp(ctx.as_ptr(), tuple, len, netns as u64) };
        // SAFETY: just acquired.
        unsafe { OwnedSocket::new(sock) }
    }

    /// Looks up the UDP socket that a packet with these addresses is for.
    ///
    /// The rest is as for [`bpf_sk_lookup_tcp`](Self::bpf_sk_lookup_tcp).
    pub fn bpf_sk_lookup_udp(
        &self,
        ctx: &xdp_md<'_>,
        tuple: &SockTuple,
        netns: i32,
    ) -> Option<OwnedSocket> {
        let (tuple, len) = tuple.parts();
        // SAFETY: the context is the kernel's; `tuple` is live and has that length.
        let sock = unsafe { ffi::rex_xdp_sk_lookup_udp(ctx.as_ptr(), tuple, len, netns as u64) };
        // SAFETY: just acquired.
        unsafe { OwnedSocket::new(sock) }
    }
}

impl Deref for xdp {
    type Target = NetHelpers;

    fn deref(&self) -> &NetHelpers {
        &self.helpers
    }
}

macro_rules! hooks {
    ($($attribute:ident $section:literal $flags:expr;)*) => {$(
        // SAFETY: XDP passes `struct xdp_buff`, which an xdp_md is of; a packet is in several
        // buffers only for a program whose flags say so.
        unsafe impl Program<attribute::$attribute> for xdp {
            const TYPE: u32 = BPF_PROG_TYPE_XDP;
            const SECTION: &'static str = $section;
            const FLAGS: u32 = $flags;
            type Context<'a> = &'a mut xdp_md<'a>;

            unsafe fn run(
                context: *mut c_void,
                function: impl FnOnce(&Self, Self::Context<'_>) -> Result,
            ) -> u32 {
                let program = Self {
                    helpers: NetHelpers::new(),
                };
                // SAFETY: the caller passes what the kernel does: a packet that is this
                // program's alone until it returns.
                let mut context = unsafe { xdp_md::new(context.cast()) };
                verdict_or(XDP_PASS as c_int, function(&program, &mut context))
            }
        }
    )*};
}

/// The kernel's `REX_PROG_XDP_FRAGS`.
const FRAGS: u32 = 1;

hooks! {
    rex_xdp "xdp" 0;
    rex_xdp_frags "xdp.frags" FRAGS;
}
