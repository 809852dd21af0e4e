// SPDX-License-Identifier: GPL-2.0
//! The context of XDP programs.

use core::marker::PhantomData;
use core::ptr::NonNull;

use crate::ffi::{net_device, xdp_buff, xdp_rxq_info};
use crate::layout::{self, net_device as device, xdp_buff as fields, xdp_rxq_info as rxq};
use crate::net::{Context, Packet};
use crate::utils::OneInvocation;

/// A packet as the driver has received it, and where.
pub struct xdp_md<'a> {
    /// The packet's bytes, from the Ethernet header on: a `&mut [u8]`.
    ///
    /// Of a packet in several buffers they are those in the first.
    pub data_slice: Packet<'a, false>,
    buff: NonNull<xdp_buff>,
    _invocation: OneInvocation,
}

impl xdp_md<'_> {
    /// # Safety
    ///
    /// `buff` is the kernel's, and the program's alone as long as the value is.
    pub(super) unsafe fn new(buff: *mut xdp_buff) -> Self {
        // SAFETY: the kernel passes no null.
        let buff = unsafe { NonNull::new_unchecked(buff) };
        Self {
            // SAFETY: the caller passes a packet.
            data_slice: unsafe { packet(buff) },
            buff,
            _invocation: PhantomData,
        }
    }

    pub(super) fn as_ptr(&self) -> *mut xdp_buff {
        self.buff.as_ptr()
    }

    /// Makes `data_slice` anew.
    pub(super) fn refresh(&mut self) {
        // SAFETY: the same packet, and nobody borrows its bytes.
        self.data_slice = unsafe { packet(self.buff) };
    }

    /// How many bytes `data_slice` has.
    pub fn data_length(&self) -> usize {
        self.data_slice.len()
    }

    /// The metadata in front of the packet: what `bpf_xdp_adjust_meta` has made room for,
    /// here or in an earlier program, or what the driver put there.
    pub fn data_meta(&self) -> &[u8] {
        let (start, len) = self.meta();
        // SAFETY: they are in the packet's headroom, which is the program's alone.
        unsafe { core::slice::from_raw_parts(start.as_ptr(), len) }
    }

    /// The same, to be changed.
    pub fn data_meta_mut(&mut self) -> &mut [u8] {
        let (start, len) = self.meta();
        // SAFETY: they are in the packet's headroom, which is the program's alone.
        unsafe { core::slice::from_raw_parts_mut(start.as_ptr(), len) }
    }

    fn meta(&self) -> (NonNull<u8>, usize) {
        let (meta, data) = (address(self.buff, META), address(self.buff, DATA));
        // A driver without metadata says so by a start behind the packet's.
        let len = data.addr().get().checked_sub(meta.addr().get());
        (meta, len.unwrap_or(0))
    }

    /// The index of the interface that received the packet.
    pub fn ingress_ifindex(&self) -> u32 {
        const DEVICE: usize = rxq::dev.holding::<usize>();
        const INDEX: usize = device::ifindex.holding::<u32>();
        // SAFETY: the field is that pointer.
        let device: Option<NonNull<net_device>> = unsafe { layout::pointer(self.rxq(), DEVICE) };
        // SAFETY: the device lives as long as it has packets; the field is an int.
        device.map_or(0, |device| unsafe { layout::read(device, INDEX) })
    }

    /// The number of the interface's queue that received the packet.
    pub fn rx_queue_index(&self) -> u32 {
        const AT: usize = rxq::queue_index.holding::<u32>();
        // SAFETY: the field is a u32.
        unsafe { layout::read(self.rxq(), AT) }
    }

    /// The same.
    #[deprecated(note = "use `rx_queue_index`")]
    pub fn rx_qeueu_index(&self) -> u32 {
        self.rx_queue_index()
    }

    /// The index of the interface that the packet goes out of, of a program that is attached
    /// to an entry of a map of interfaces.
    ///
    /// Extensions can't be attached there, and so this is 0: no interface.
    pub fn egress_ifindex(&self) -> u32 {
        0
    }

    fn rxq(&self) -> NonNull<xdp_rxq_info> {
        const AT: usize = fields::rxq.holding::<usize>();
        // SAFETY: the field is that pointer.
        let rxq = unsafe { layout::pointer(self.buff, AT) };
        // SAFETY: a packet that was received has one.
        unsafe { rxq.unwrap_unchecked() }
    }
}

impl Context for xdp_md<'_> {
    fn bytes(&mut self) -> &mut [u8] {
        &mut self.data_slice
    }
}

const DATA: usize = fields::data.holding::<usize>();
const END: usize = fields::data_end.holding::<usize>();
const META: usize = fields::data_meta.holding::<usize>();

/// One of the addresses that bound a packet.
fn address(buff: NonNull<xdp_buff>, field: usize) -> NonNull<u8> {
    // SAFETY: the constants are of fields that are pointers to bytes.
    let address = unsafe { layout::pointer(buff, field) };
    // SAFETY: a packet has memory.
    unsafe { address.unwrap_unchecked() }
}

/// The packet's bytes, as of now.
///
/// # Safety
///
/// As for [`xdp_md::new`], and nobody borrows the bytes.
unsafe fn packet<'a>(buff: NonNull<xdp_buff>) -> Packet<'a, false> {
    let (start, end) = (address(buff, DATA), address(buff, END));
    let len = end.addr().get() - start.addr().get();
    // SAFETY: the kernel says that the packet is there, and a driver has it to itself.
    unsafe { Packet::new(start, len, None) }
}
