// SPDX-License-Identifier: GPL-2.0
//! The headers of packets. Their fields are as they are in a packet: in network byte order.

use core::net::{Ipv4Addr, Ipv6Addr};

pub use crate::linux::if_ether::ethhdr;
pub use crate::linux::ip::iphdr;
pub use crate::linux::ipv6::ipv6hdr;
pub use crate::linux::tcp::tcphdr;
pub use crate::linux::udp::udphdr;

impl iphdr {
    /// The source address, in network byte order.
    pub fn saddr(&mut self) -> &mut u32 {
        // SAFETY: both variants of the union are the two addresses.
        unsafe { &mut self.__bindgen_anon_1.addrs.saddr }
    }

    /// The destination address, in network byte order.
    pub fn daddr(&mut self) -> &mut u32 {
        // SAFETY: as above.
        unsafe { &mut self.__bindgen_anon_1.addrs.daddr }
    }

    /// The source address.
    pub fn source(&self) -> Ipv4Addr {
        // SAFETY: as above.
        let address = unsafe { self.__bindgen_anon_1.addrs.saddr };
        Ipv4Addr::from(address.to_ne_bytes())
    }

    /// The destination address.
    pub fn destination(&self) -> Ipv4Addr {
        // SAFETY: as above.
        let address = unsafe { self.__bindgen_anon_1.addrs.daddr };
        Ipv4Addr::from(address.to_ne_bytes())
    }

    /// The length of the header with its options, in bytes.
    pub fn header_len(&self) -> usize {
        usize::from(self.ihl()) * 4
    }
}

impl ipv6hdr {
    /// The source address.
    pub fn source(&self) -> Ipv6Addr {
        // SAFETY: all variants of the unions are the addresses' bytes.
        let address = unsafe { self.__bindgen_anon_1.addrs.saddr };
        // SAFETY: as above.
        Ipv6Addr::from(unsafe { address.in6_u.u6_addr8 })
    }

    /// The destination address.
    pub fn destination(&self) -> Ipv6Addr {
        // SAFETY: as above.
        let address = unsafe { self.__bindgen_anon_1.addrs.daddr };
        // SAFETY: as above.
        Ipv6Addr::from(unsafe { address.in6_u.u6_addr8 })
    }

    /// Sets the source address.
    pub fn set_source(&mut self, address: Ipv6Addr) {
        self.__bindgen_anon_1.addrs.saddr.in6_u.u6_addr8 = address.octets();
    }

    /// Sets the destination address.
    pub fn set_destination(&mut self, address: Ipv6Addr) {
        self.__bindgen_anon_1.addrs.daddr.in6_u.u6_addr8 = address.octets();
    }
}

impl tcphdr {
    /// The length of the header with its options, in bytes.
    pub fn header_len(&self) -> usize {
        usize::from(self.doff()) * 4
    }
}
