// SPDX-License-Identifier: GPL-2.0
//! The header accessors of program objects.

use super::{Layers, NetHelpers, ethhdr, iphdr, tcphdr, udphdr};
use crate::plain::PlainBytes;
use crate::utils::{AlignedMut, convert_slice_to_struct_mut};

/// A context with a packet.
pub trait Context {
    /// The packet's bytes.
    fn bytes(&mut self) -> &mut [u8];
}

/// Each finds its header behind VLAN tags, IP options and extension headers, and takes it
/// for what the caller says it is: which protocol is there is for the program to look at
/// first. [`Layers`] does that, and knows no panic.
impl NetHelpers {
    /// The packet's Ethernet header.
    ///
    /// # Panics
    ///
    /// If the packet is too short. (So do those below.)
    pub fn eth_header<'c>(&self, ctx: &'c mut impl Context) -> AlignedMut<'c, ethhdr> {
        at(ctx.bytes(), |_| 0)
    }

    /// The packet's IPv4 header.
    pub fn ip_header<'c>(&self, ctx: &'c mut impl Context) -> AlignedMut<'c, iphdr> {
        at(ctx.bytes(), network)
    }

    /// The packet's TCP header.
    pub fn tcp_header<'c>(&self, ctx: &'c mut impl Context) -> AlignedMut<'c, tcphdr> {
        at(ctx.bytes(), transport)
    }

    /// The packet's UDP header.
    pub fn udp_header<'c>(&self, ctx: &'c mut impl Context) -> AlignedMut<'c, udphdr> {
        at(ctx.bytes(), transport)
    }
}

fn at<T: PlainBytes>(packet: &mut [u8], place: impl Fn(&[u8]) -> usize) -> AlignedMut<'_, T> {
    let place = place(packet);
    convert_slice_to_struct_mut(packet.get_mut(place..).unwrap_or_default())
}

fn network(packet: &[u8]) -> usize {
    Layers::of(packet).map_or(size_of::<ethhdr>(), |layers| layers.network())
}

fn transport(packet: &[u8]) -> usize {
    Layers::of(packet)
        .and_then(|layers| layers.transport())
        .unwrap_or_else(|| network(packet) + size_of::<iphdr>())
}
