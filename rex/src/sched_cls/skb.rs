// SPDX-License-Identifier: GPL-2.0
//! Where the bytes of a `struct sk_buff` are.

use core::ptr::NonNull;

use crate::ffi::sk_buff;
use crate::layout::{self, sk_buff as fields, skb_shared_info};
use crate::net::Packet;

/// The bytes of the packet's first piece, as of now.
///
/// # Safety
///
/// The packet is the running program's, and nobody borrows its bytes.
pub unsafe fn packet<'a>(skb: NonNull<sk_buff>) -> Packet<'a, true> {
    const LEN: usize = fields::len.holding::<u32>();
    const DATA_LEN: usize = fields::data_len.holding::<u32>();
    const CLONED: usize = fields::__cloned_offset.marking();

    // SAFETY: the field is a u32.
    let len: u32 = unsafe { layout::read(skb, LEN) };
    // SAFETY: the field is a u32.
    let data_len: u32 = unsafe { layout::read(skb, DATA_LEN) };
    // SAFETY: bits are in bytes; these start with `cloned`.
    let bits: u8 = unsafe { layout::read(skb, CLONED) };
    let shared = (bits & 1 != 0).then_some(skb);
    // SAFETY: the kernel says that the first piece is there, and who has it.
    unsafe { Packet::new(data(skb), (len - data_len) as usize, shared) }
}

/// The metadata in front of the packet, which XDP programs leave there.
///
/// Empty where something was put or taken between it and the packet.
pub fn meta(skb: NonNull<sk_buff>) -> (NonNull<u8>, usize) {
    const HEAD: usize = fields::head.holding::<usize>();
    const END: usize = fields::end.holding::<u32>();
    const MAC_HEADER: usize = fields::mac_header.holding::<u16>();
    const META_LEN: usize = skb_shared_info::meta_len.holding::<u8>();

    // SAFETY: the field is a pointer to bytes.
    let head = unsafe { layout::pointer(skb, HEAD) };
    // SAFETY: a packet has memory.
    let head: NonNull<u8> = unsafe { head.unwrap_unchecked() };
    // SAFETY: the field is a u32.
    let end: u32 = unsafe { layout::read(skb, END) };
    // SAFETY: the field is a u16.
    let mac: u16 = unsafe { layout::read(skb, MAC_HEADER) };
    // SAFETY: the kernel's `struct skb_shared_info` is at the end of the packet's memory.
    let info = unsafe { head.add(end as usize) };
    // SAFETY: the field is a u8.
    let len: u8 = unsafe { layout::read(info, META_LEN) };

    let data = data(skb);
    let headroom = data.addr().get() - head.addr().get();
    let len = usize::from(len);
    if headroom != usize::from(mac) || headroom < len {
        return (data, 0);
    }
    // SAFETY: as many bytes are in front of the data.
    (unsafe { data.sub(len) }, len)
}

fn data(skb: NonNull<sk_buff>) -> NonNull<u8> {
    const DATA: usize = fields::data.holding::<usize>();
    // SAFETY: the field is a pointer to bytes.
    let data = unsafe { layout::pointer(skb, DATA) };
    // SAFETY: a packet has memory.
    unsafe { data.unwrap_unchecked() }
}
