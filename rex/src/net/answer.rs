// SPDX-License-Identifier: GPL-2.0
//! Making a packet the answer to itself.

use core::mem::swap;

use super::{Checksum, IpVersion, Layers, iphdr, ipv6hdr};
use crate::linux::r#in::IPPROTO_UDP;

const ETH_ALEN: usize = 6;

impl Layers {
    /// Swaps source and destination of Ethernet and IP, and the ports of UDP.
    ///
    /// Checksums that were right stay so. `None` if it isn't a packet of UDP, which then can be
    /// changed in part.
    pub fn swap_ends(&self, packet: &mut [u8]) -> Option<()> {
        let (to, from) = packet.get_mut(..2 * ETH_ALEN)?.split_at_mut(ETH_ALEN);
        to.swap_with_slice(from);
        match self.ip_version()? {
            IpVersion::V4 => {
                let mut ip = self.ipv4_mut(packet)?;
                let (source, destination) = (*ip.saddr(), *ip.daddr());
                *ip.saddr() = destination;
                *ip.daddr() = source;
            }
            IpVersion::V6 => {
                let mut ip = self.ipv6_mut(packet)?;
                let (source, destination) = (ip.source(), ip.destination());
                ip.set_source(destination);
                ip.set_destination(source);
            }
        }
        let mut udp = self.udp_mut(packet)?;
        let udp = &mut *udp;
        swap(&mut udp.source, &mut udp.dest);
        Some(())
    }

    /// Makes the lengths and checksums in the headers those of the packet: of IP and UDP, and
    /// the packet ends with UDP's payload.
    ///
    /// UDP over IPv4 gets no checksum, since it needs none. `None` if it isn't a packet of UDP, or
    /// is longer than IP can say.
    pub fn finish_udp(&self, packet: &mut [u8]) -> Option<()> {
        let udp_at = self.transport()?;
        let udp_len = u16::try_from(packet.len().checked_sub(udp_at)?).ok()?;
        {
            let mut udp = self.udp_mut(packet)?;
            udp.len = udp_len.to_be();
            udp.check = 0;
        }
        match self.ip_version()? {
            IpVersion::V4 => self.finish_ipv4(packet),
            IpVersion::V6 => {
                let mut sum = self.finish_ipv6(packet, udp_len)?;
                sum.add(packet.get(udp_at..)?);
                self.udp_mut(packet)?.check = never_zero(sum.finish());
                Some(())
            }
        }
    }

    fn finish_ipv4(&self, packet: &mut [u8]) -> Option<()> {
        let total = u16::try_from(packet.len() - self.network()).ok()?;
        let header_len = {
            let mut ip = self.ipv4_mut(packet)?;
            ip.tot_len = total.to_be();
            ip.check = 0;
            usize::max(ip.header_len(), size_of::<iphdr>())
        };
        let mut sum = Checksum::new();
        sum.add(packet.get(self.network()..self.network() + header_len)?);
        self.ipv4_mut(packet)?.check = sum.finish();
        Some(())
    }

    /// Gives the sum of what UDP's checksum has of the IP header.
    fn finish_ipv6(&self, packet: &mut [u8], udp_len: u16) -> Option<Checksum> {
        let payload_len = packet.len() - self.network() - size_of::<ipv6hdr>();
        let mut ip = self.ipv6_mut(packet)?;
        ip.payload_len = u16::try_from(payload_len).ok()?.to_be();
        let mut sum = Checksum::new();
        sum.add(&ip.source().octets());
        sum.add(&ip.destination().octets());
        sum.add(&u32::from(udp_len).to_be_bytes());
        sum.add(&IPPROTO_UDP.to_be_bytes());
        Some(sum)
    }
}

/// A checksum of 0 stands for none; its complement is as good.
fn never_zero(check: u16) -> u16 {
    if check == 0 { u16::MAX } else { check }
}
