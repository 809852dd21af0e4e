// SPDX-License-Identifier: GPL-2.0
//! The context of tc programs.

use core::marker::PhantomData;
use core::ptr::NonNull;

use super::skb;
use crate::ffi::{self, net_device, sk_buff};
use crate::layout::{self, net_device as device, qdisc_skb_cb as qdisc, sk_buff as fields};
use crate::net::{Context, Packet, Socket};
use crate::utils::{OneInvocation, u16be};

/// A packet, and what the kernel knows of it.
pub struct __sk_buff<'a> {
    /// The packet's bytes, from the Ethernet header on: a `&mut [u8]`.
    ///
    /// Of a packet in several pieces they are those of the first, which
    /// [`bpf_skb_pull_data`](super::sched_cls::bpf_skb_pull_data) makes larger.
    pub data_slice: Packet<'a, true>,
    skb: NonNull<sk_buff>,
    _invocation: OneInvocation,
}

impl __sk_buff<'_> {
    /// # Safety
    ///
    /// `skb` is the kernel's, and the program's alone as long as the value is.
    pub(super) unsafe fn new(skb: *mut sk_buff) -> Self {
        // SAFETY: the kernel passes no null.
        let skb = unsafe { NonNull::new_unchecked(skb) };
        Self {
            // SAFETY: the caller passes a packet.
            data_slice: unsafe { skb::packet(skb) },
            skb,
            _invocation: PhantomData,
        }
    }

    pub(super) fn as_ptr(&self) -> *mut sk_buff {
        self.skb.as_ptr()
    }

    /// Makes `data_slice` anew.
    pub(super) fn refresh(&mut self) {
        // SAFETY: the same packet, and nobody borrows its bytes.
        self.data_slice = unsafe { skb::packet(self.skb) };
    }
}

/// A method for each field that is a number.
macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident: $ty:ty $(, $(#[$set_doc:meta])* $set:ident)?;)*) => {
        #[allow(clippy::len_without_is_empty, reason = "the field's name; no packet is empty")]
        impl __sk_buff<'_> {$(
            $(#[$doc])*
            pub fn $name(&self) -> $ty {
                const AT: usize = place::$name.holding::<$ty>();
                // SAFETY: the field is there and has this type.
                unsafe { layout::read(self.skb, AT) }
            }

            $(
                $(#[$set_doc])*
                pub fn $set(&mut self, value: $ty) {
                    const AT: usize = place::$name.holding::<$ty>();
                    // SAFETY: the field is there, has this type, and programs may write it.
                    unsafe { layout::write(self.skb, AT, value) };
                }
            )?
        )*}
    };
}

/// The fields, by the names of the methods.
mod place {
    pub use super::fields::skb_iif as ingress_ifindex;
    pub use super::fields::*;
}

fields! {
    /// The packet's length, in all its pieces.
    len: u32;
    /// How much of it is in other pieces than the first.
    data_len: u32;
    /// What follows the Ethernet header: `ETH_P_*`. A VLAN tag that is not in the packet's
    /// bytes does not count.
    protocol: u16be;
    /// The priority.
    priority: u32,
        /// Sets the priority.
        set_priority;
    /// The index of the interface that received the packet, or 0.
    ingress_ifindex: u32;
    /// The hash of the packet's flow, or 0 if it isn't known.
    hash: u32;
    /// The mark, a number for the system's administrator.
    mark: u32,
        /// Sets the mark.
        set_mark;
    /// The queue to send on.
    queue_mapping: u16;
    /// The VLAN tag that is not in the packet's bytes, if there is one: 3 bits of priority, one
    /// for eligibility to be dropped, 12 of the VLAN's number.
    vlan_tci: u16;
    /// That tag's type: `ETH_P_8021Q` or `ETH_P_8021AD`.
    vlan_proto: u16be;
    /// A number for classifiers.
    tc_index: u16,
        /// Sets it.
        set_tc_index;
}

impl __sk_buff<'_> {
    /// The index of the interface that the packet is at.
    pub fn ifindex(&self) -> u32 {
        const DEVICE: usize = fields::dev.holding::<usize>();
        const INDEX: usize = device::ifindex.holding::<u32>();
        // SAFETY: the field is that pointer.
        let device: Option<NonNull<net_device>> = unsafe { layout::pointer(self.skb, DEVICE) };
        // SAFETY: the device lives as long as it has packets; the field is an int.
        device.map_or(0, |device| unsafe { layout::read(device, INDEX) })
    }

    /// Who the packet is for, as its Ethernet header says: `PACKET_HOST` (0), `PACKET_BROADCAST`
    /// (1), `PACKET_MULTICAST` (2), `PACKET_OTHERHOST` (3), or of packets sent `PACKET_OUTGOING` (4).
    pub fn pkt_type(&self) -> u32 {
        const AT: usize = fields::__pkt_type_offset.marking();
        const MAX: u8 = 7;
        // SAFETY: bits are in bytes; these start with `pkt_type`.
        let bits: u8 = unsafe { layout::read(self.skb, AT) };
        (bits & MAX).into()
    }

    /// Sets the queue to send on; 65535, which is none, changes nothing.
    pub fn set_queue_mapping(&mut self, queue: u16) {
        const AT: usize = fields::queue_mapping.holding::<u16>();
        const NONE: u16 = u16::MAX;
        if queue != NONE {
            // SAFETY: the field is a u16 that programs may write.
            unsafe { layout::write(self.skb, AT, queue) };
        }
    }

    /// Whether there is a VLAN tag that is not in the packet's bytes.
    pub fn vlan_present(&self) -> bool {
        const AT: usize = fields::vlan_all.holding::<u32>();
        // SAFETY: the field is a u32.
        let all: u32 = unsafe { layout::read(self.skb, AT) };
        all != 0
    }

    /// Five words that programs pass to those behind them.
    pub fn cb(&self) -> [u32; 5] {
        // SAFETY: the field is five aligned words.
        unsafe { layout::read(self.skb, CB) }
    }

    /// Sets them.
    pub fn set_cb(&mut self, words: [u32; 5]) {
        // SAFETY: the field is five aligned words that programs may write.
        unsafe { layout::write(self.skb, CB, words) };
    }

    /// The class that a classifier assigns the packet to.
    pub fn tc_classid(&self) -> u32 {
        // SAFETY: the field is a u16.
        let class: u16 = unsafe { layout::read(self.skb, CLASS) };
        class.into()
    }

    /// Assigns the packet to a class: the lower 16 bits of its number.
    pub fn set_tc_classid(&mut self, class: u32) {
        // SAFETY: the field is a u16 that programs may write.
        unsafe { layout::write(self.skb, CLASS, class as u16) };
    }

    /// The id of the NAPI context that received the packet, or 0.
    pub fn napi_id(&self) -> u32 {
        // SAFETY: the packet is the kernel's.
        unsafe { ffi::rex_skb_napi_id(self.as_ptr()) }
    }

    /// The metadata that an XDP program has put in front of the packet.
    pub fn data_meta(&self) -> &[u8] {
        let (start, len) = skb::meta(self.skb);
        // SAFETY: they are in the packet's headroom; who shares them does not write them.
        unsafe { core::slice::from_raw_parts(start.as_ptr(), len) }
    }

    /// The socket that sends the packet, or is known to receive it.
    pub fn sk(&self) -> Option<Socket<'_>> {
        const AT: usize = fields::sk.holding::<usize>();
        // SAFETY: the field is that pointer.
        let sock = unsafe { layout::pointer(self.skb, AT) };
        // SAFETY: the packet keeps it, and nothing takes it away while `self` is borrowed.
        sock.map(|sock| unsafe { Socket::new(sock) })
    }
}

impl Context for __sk_buff<'_> {
    fn bytes(&mut self) -> &mut [u8] {
        &mut self.data_slice
    }
}

/// `struct qdisc_skb_cb` is in the packet's control block.
const CONTROL: usize = fields::cb.holding::<[u8; 48]>();
const CB: usize = CONTROL + qdisc::data.holding::<[u8; 20]>();
const CLASS: usize = CONTROL + qdisc::tc_classid.holding::<u16>();

const _: () = assert!(CB.is_multiple_of(align_of::<[u32; 5]>()));
