// SPDX-License-Identifier: GPL-2.0
//! Packets for tests, put together layer by layer.

#![allow(dead_code, reason = "not every test uses all of it")]

use std::net::Ipv6Addr;

pub const TCP: u8 = 6;
pub const UDP: u8 = 17;

pub const MACS: [u8; 12] = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1];
pub const PAYLOAD: &[u8] = b"payload";

/// An Ethernet header with VLAN tags, each a type and a tag, and what follows it.
pub fn ethernet(tags: &[(u16, u16)], ethertype: u16, content: &[u8]) -> Vec<u8> {
    let mut packet = MACS.to_vec();
    for (kind, tag) in tags {
        packet.extend(kind.to_be_bytes());
        packet.extend(tag.to_be_bytes());
    }
    packet.extend(ethertype.to_be_bytes());
    packet.extend(content);
    packet
}

/// `fragment` is the field with the flags and the offset.
pub fn ipv4(options: &[u8], fragment: u16, protocol: u8, content: &[u8]) -> Vec<u8> {
    let len = 20 + options.len();
    let total = (len + content.len()) as u16;
    let mut packet = vec![0x40 | (len / 4) as u8, 0];
    packet.extend(total.to_be_bytes());
    packet.extend([0, 1]);
    packet.extend(fragment.to_be_bytes());
    packet.extend([64, protocol, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
    packet.extend(options);
    packet.extend(content);
    packet
}

pub fn ipv6(next: u8, content: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x60, 0, 0, 0];
    packet.extend((content.len() as u16).to_be_bytes());
    packet.extend([next, 64]);
    packet.extend(Ipv6Addr::new(0xfd00, 1, 0, 0, 0, 0, 0, 1).octets());
    packet.extend(Ipv6Addr::new(0xfd00, 1, 0, 0, 0, 0, 0, 2).octets());
    packet.extend(content);
    packet
}

pub fn udp(payload: &[u8]) -> Vec<u8> {
    let mut packet = [1000_u16, 53, 8 + payload.len() as u16, 0]
        .map(u16::to_be_bytes)
        .concat();
    packet.extend(payload);
    packet
}

pub fn tcp(options: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut packet = [1000_u16, 80].map(u16::to_be_bytes).concat();
    packet.extend([0, 0, 0, 1, 0, 0, 0, 2]);
    packet.extend([((20 + options.len()) * 4) as u8, 16, 2, 0, 0, 0, 0, 0]);
    packet.extend(options);
    packet.extend(payload);
    packet
}
