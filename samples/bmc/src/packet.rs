// SPDX-License-Identifier: GPL-2.0
//! Packets from and to memcached.

use rex::net::{IpVersion, Layers};
use rex::xdp::{IPPROTO_TCP, IPPROTO_UDP};

use crate::settings::settings;

/// A client's end of a connection, or where it sends datagrams from.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct Flow {
    /// IPv4 ones start with twelve bytes of 0.
    address: [u8; 16],
    port: u16,
    protocol: u16,
}

impl Flow {
    pub fn protocol(&self) -> u32 {
        self.protocol.into()
    }

    /// What the reply to a GET is recognised by: its client and request id. 0 stands for none.
    pub fn lease(&self, id: u16) -> u64 {
        u64::from(self.folded_address()) << 32 | u64::from(self.port) << 16 | u64::from(id)
    }

    pub fn hash(&self) -> u32 {
        let hash = self.folded_address() ^ u32::from(self.port) << 16 ^ u32::from(self.protocol);
        hash.wrapping_mul(0x9e37_79b1)
    }

    fn folded_address(&self) -> u32 {
        let (words, _) = self.address.as_chunks();
        words
            .iter()
            .fold(0, |folded, word| folded ^ u32::from_ne_bytes(*word))
    }
}

/// A packet from or to memcached.
pub struct Message<'p> {
    pub flow: Flow,
    pub is_fragment: bool,
    pub payload: &'p [u8],
}

impl<'p> Message<'p> {
    pub fn to_memcached(packet: &'p [u8]) -> Option<Self> {
        let layers = Layers::of(packet)?;
        let (source, destination, protocol) = ports(packet, &layers)?;
        (u32::from(destination) == settings().port).then_some(())?;
        let address = match layers.ip_version()? {
            IpVersion::V4 => v4_in_v6(layers.ipv4(packet)?.source().octets()),
            IpVersion::V6 => layers.ipv6(packet)?.source().octets(),
        };
        Self::new(packet, &layers, address, source, protocol)
    }

    pub fn from_memcached(packet: &'p [u8]) -> Option<Self> {
        let layers = Layers::of(packet)?;
        let (source, destination, protocol) = ports(packet, &layers)?;
        (u32::from(source) == settings().port).then_some(())?;
        let address = match layers.ip_version()? {
            IpVersion::V4 => v4_in_v6(layers.ipv4(packet)?.destination().octets()),
            IpVersion::V6 => layers.ipv6(packet)?.destination().octets(),
        };
        Self::new(packet, &layers, address, destination, protocol)
    }

    fn new(
        packet: &'p [u8],
        layers: &Layers,
        address: [u8; 16],
        port: u16,
        protocol: u32,
    ) -> Option<Self> {
        Some(Self {
            flow: Flow {
                address,
                port,
                protocol: protocol as u16,
            },
            is_fragment: layers.is_fragment(),
            payload: layers.payload(packet)?,
        })
    }
}

fn v4_in_v6(address: [u8; 4]) -> [u8; 16] {
    let mut wide = [0; 16];
    wide[12..].copy_from_slice(&address);
    wide
}

/// Source, destination, and what they are ports of.
fn ports(packet: &[u8], layers: &Layers) -> Option<(u16, u16, u32)> {
    let protocol = layers.protocol()?.into();
    let (source, destination) = match protocol {
        IPPROTO_TCP => {
            let tcp = layers.tcp(packet)?;
            (tcp.source, tcp.dest)
        }
        IPPROTO_UDP => {
            let udp = layers.udp(packet)?;
            (udp.source, udp.dest)
        }
        _ => return None,
    };
    Some((u16::from_be(source), u16::from_be(destination), protocol))
}
