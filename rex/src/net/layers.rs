// SPDX-License-Identifier: GPL-2.0
//! Where the headers of a packet are.

use super::{ethhdr, iphdr, ipv6hdr, tcphdr, udphdr};
use crate::linux::if_ether::{ETH_P_8021AD, ETH_P_8021Q, ETH_P_IP, ETH_P_IPV6};
use crate::linux::r#in::{IPPROTO_TCP, IPPROTO_UDP};
use crate::utils::{Aligned, AlignedMut, struct_at, struct_at_mut};

/// The bytes of a VLAN tag: the tag, and the type of what follows.
const TAG_LEN: usize = 4;

/// The IP version of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IpVersion {
    /// IPv4
    V4,
    /// IPv6
    V6,
}

/// Where the headers of a packet are: of Ethernet, VLANs, IP and what IP carries.
///
/// It is found once and holds places only, so that the packet can be changed meanwhile.
/// What is not in the packet, or cut short, or malformed, is `None`, as is what is in
/// another packet than the one that was looked at.
///
/// ```ignore
/// let layers = Layers::of(&ctx.data_slice).ok_or(-1)?;
/// let Some(udp) = layers.udp(&ctx.data_slice) else {
///     return Ok(XDP_PASS as i32);
/// };
/// let port = u16::from_be(udp.dest);
/// ```
///
/// Hardware can take a VLAN tag out of a packet; it is not in the bytes then. Of a packet
/// in several pieces, only what the first piece holds is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layers {
    tags: usize,
    ethertype: u16,
    network: usize,
    ip: Option<Ip>,
}

/// What a good IP header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ip {
    version: IpVersion,
    /// Behind options or extension headers; `None` if those are cut short.
    protocol: Option<u8>,
    /// `None` in a fragment but the first, too.
    transport: Option<usize>,
    fragment: bool,
    /// Where the IP packet ends; what follows is padding.
    end: usize,
}

impl Layers {
    /// Looks at a packet from its Ethernet header on.
    ///
    /// `None` if its Ethernet header or a VLAN tag is cut short.
    pub fn of(packet: &[u8]) -> Option<Self> {
        let mut network = size_of::<ethhdr>();
        let mut tags = 0;
        let ethertype = loop {
            let ethertype = be16(packet, network - 2)?;
            if !matches!(u32::from(ethertype), ETH_P_8021Q | ETH_P_8021AD) {
                break ethertype;
            }
            tags += 1;
            network += TAG_LEN;
        };
        let ip = match ethertype.into() {
            ETH_P_IP => ipv4(packet, network),
            ETH_P_IPV6 => ipv6(packet, network),
            _ => None,
        };
        Some(Self {
            tags,
            ethertype,
            network,
            ip,
        })
    }

    /// The type of what follows Ethernet and VLANs: `ETH_P_*`.
    pub fn ethertype(&self) -> u16 {
        self.ethertype
    }

    /// How many VLAN tags there are.
    pub fn vlan_tags(&self) -> usize {
        self.tags
    }

    /// A VLAN tag, from 0 on: 3 bits of priority, one for eligibility to be dropped, 12 of the
    /// VLAN's number.
    pub fn vlan(&self, index: usize, packet: &[u8]) -> Option<u16> {
        (index < self.tags)
            .then(|| be16(packet, size_of::<ethhdr>() + index * TAG_LEN))
            .flatten()
    }

    /// Where the network header starts, behind Ethernet and VLANs.
    pub fn network(&self) -> usize {
        self.network
    }

    /// The IP version, if there is a good IP header.
    pub fn ip_version(&self) -> Option<IpVersion> {
        self.ip.map(|ip| ip.version)
    }

    /// What IP carries, behind extension headers: `IPPROTO_*`.
    pub fn protocol(&self) -> Option<u8> {
        self.ip?.protocol
    }

    /// Where the transport header starts, behind IP's options or extension headers.
    pub fn transport(&self) -> Option<usize> {
        self.ip?.transport
    }

    /// Whether it is a fragment of an IP packet. Only the first has a transport header.
    pub fn is_fragment(&self) -> bool {
        self.ip.is_some_and(|ip| ip.fragment)
    }

    /// The options of an IPv4 header, which can be none.
    pub fn ipv4_options<'p>(&self, packet: &'p [u8]) -> Option<&'p [u8]> {
        let len = self.ipv4(packet)?.header_len();
        packet.get(self.network + size_of::<iphdr>()..self.network + len)
    }

    /// The options of a TCP header, which can be none.
    pub fn tcp_options<'p>(&self, packet: &'p [u8]) -> Option<&'p [u8]> {
        let (at, len) = (self.transport()?, self.tcp(packet)?.header_len());
        packet.get(at + size_of::<tcphdr>()..at + len)
    }

    /// What TCP or UDP carries, or what IP does if it is neither; without Ethernet's padding.
    ///
    /// Of a packet whose end is missing it is what is there.
    pub fn payload<'p>(&self, packet: &'p [u8]) -> Option<&'p [u8]> {
        let (ip, at) = (self.ip?, self.transport()?);
        let mut end = ip.end.min(packet.len());
        let start = match u32::from(ip.protocol?) {
            IPPROTO_TCP => at + usize::max(self.tcp(packet)?.header_len(), size_of::<tcphdr>()),
            IPPROTO_UDP => {
                end = end.min(at + usize::from(u16::from_be(self.udp(packet)?.len)));
                at + size_of::<udphdr>()
            }
            _ => at,
        };
        packet.get(start..end)
    }

    fn at_ip(&self, version: IpVersion) -> Option<usize> {
        (self.ip?.version == version).then_some(self.network)
    }

    fn at_transport(&self, protocol: u32) -> Option<usize> {
        (u32::from(self.protocol()?) == protocol)
            .then(|| self.transport())
            .flatten()
    }
}

/// A pair of methods for each header.
macro_rules! headers {
    ($($doc:literal $name:ident $name_mut:ident $header:ident |$layers:ident| $at:expr;)*) => {
        impl Layers {$(
            #[doc = $doc]
            pub fn $name<'p>(&self, packet: &'p [u8]) -> Option<Aligned<'p, $header>> {
                let $layers = self;
                struct_at(packet, $at)
            }

            #[doc = $doc]
            pub fn $name_mut<'p>(&self, packet: &'p mut [u8]) -> Option<AlignedMut<'p, $header>> {
                let $layers = self;
                struct_at_mut(packet, $at)
            }
        )*}
    };
}

headers! {
    "The Ethernet header." ethernet ethernet_mut ethhdr |_layers| 0;
    "The IPv4 header, without its options." ipv4 ipv4_mut iphdr |layers| layers.at_ip(IpVersion::V4)?;
    "The IPv6 header." ipv6 ipv6_mut ipv6hdr |layers| layers.at_ip(IpVersion::V6)?;
    "The TCP header, without its options." tcp tcp_mut tcphdr |layers| layers.at_transport(IPPROTO_TCP)?;
    "The UDP header." udp udp_mut udphdr |layers| layers.at_transport(IPPROTO_UDP)?;
}

/// A 16-bit number in network byte order.
fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    struct_at::<u16>(bytes, at).map(|value| u16::from_be(*value))
}

fn ipv4(packet: &[u8], at: usize) -> Option<Ip> {
    const OFFSET: u16 = 0x1fff;
    const MORE: u16 = 0x2000;

    let header = struct_at::<iphdr>(packet, at)?;
    let (len, total) = (
        header.header_len(),
        usize::from(u16::from_be(header.tot_len)),
    );
    if header.version() != 4 || len < size_of::<iphdr>() || total < len || packet.len() < at + len {
        return None;
    }
    let fragment = u16::from_be(header.frag_off);
    Some(Ip {
        version: IpVersion::V4,
        protocol: Some(header.protocol),
        transport: (fragment & OFFSET == 0).then_some(at + len),
        fragment: fragment & (OFFSET | MORE) != 0,
        end: at + total,
    })
}

fn ipv6(packet: &[u8], at: usize) -> Option<Ip> {
    let header = struct_at::<ipv6hdr>(packet, at)?;
    if header.version() != 6 {
        return None;
    }
    let start = at + size_of::<ipv6hdr>();
    let mut ip = Ip {
        version: IpVersion::V6,
        protocol: None,
        transport: None,
        fragment: false,
        end: match u16::from_be(header.payload_len) {
            // A jumbogram, which is as long as an option says: as much as there is.
            0 => packet.len(),
            len => start + usize::from(len),
        },
    };
    skip_extensions(packet, &mut ip, header.nexthdr, start);
    Some(ip)
}

/// Follows the chain of extension headers (RFC 8200); leaves `ip` as it is if it is cut short.
fn skip_extensions(packet: &[u8], ip: &mut Ip, mut next: u8, mut at: usize) {
    const HOP_BY_HOP: u8 = 0;
    const ROUTING: u8 = 43;
    const FRAGMENT: u8 = 44;
    const AUTHENTICATION: u8 = 51;
    const NOTHING: u8 = 59;
    const DESTINATION: u8 = 60;

    loop {
        let (unit, more) = match next {
            HOP_BY_HOP | ROUTING | DESTINATION => (8, 8),
            AUTHENTICATION => (4, 8),
            FRAGMENT => (0, 8),
            _ => break,
        };
        let Some(&[following, len]) = packet.get(at..).and_then(<[u8]>::first_chunk) else {
            return;
        };
        if next == FRAGMENT {
            let Some(offset) = be16(packet, at + 2) else {
                return;
            };
            ip.fragment = true;
            if offset & 0xfff8 != 0 {
                ip.protocol = Some(following);
                return;
            }
        }
        next = following;
        at += usize::from(len) * unit + more;
    }
    // Behind the end of the packet there is nothing to be known of the chain.
    if at <= packet.len() {
        ip.protocol = Some(next);
        ip.transport = (next != NOTHING).then_some(at);
    }
}
