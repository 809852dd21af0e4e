// SPDX-License-Identifier: GPL-2.0
//! Questions about routes.

use crate::linux::bpf;

/// A question to the kernel's routes and neighbours, and the answer.
///
/// The kernel's `struct bpf_fib_lookup`, whose unions are fields of plain bytes here.
/// Numbers of more than a byte are in network byte order, but for `ifindex`,
/// `tot_len_or_mtu` and, in answers, `tbid`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct bpf_fib_lookup {
    /// In: `AF_INET` or `AF_INET6`.
    pub family: u8,
    /// In: `IPPROTO_*`
    pub l4_protocol: u8,
    /// In: the source port.
    pub sport: u16,
    /// In: the destination port.
    pub dport: u16,
    /// In: the packet's length, or 0 to not compare it with the MTU. Out: the MTU.
    pub tot_len_or_mtu: u16,
    /// In: the interface that the packet came from, or goes out of with
    /// `BPF_FIB_LOOKUP_OUTPUT`. Out: the interface that it goes out of.
    pub ifindex: u32,
    /// In: IPv4's `tos` in the first byte, or IPv6's flow label. Out: the route's metric.
    pub tos_flowinfo_or_metric: u32,
    /// In: the source address; of IPv4 it is the first word.
    pub src: [u32; 4],
    /// In: the destination address. Out: that of the gateway, if there is one.
    pub dst: [u32; 4],
    /// In: the table to look in with `BPF_FIB_LOOKUP_TBID`. Out: the VLAN's protocol and tag.
    pub tbid_or_vlan: u32,
    /// In: the mark with `BPF_FIB_LOOKUP_MARK`. Out, with the two below: the source and
    /// destination of the Ethernet header.
    pub mark_or_smac: [u8; 4],
    /// The rest of the source.
    pub smac_end: [u8; 2],
    /// The destination.
    pub dmac: [u8; 6],
}

const _: () = assert!(size_of::<bpf_fib_lookup>() == size_of::<bpf::bpf_fib_lookup>());

impl bpf_fib_lookup {
    /// The answer's source of the Ethernet header: the address of the interface.
    pub fn smac(&self) -> [u8; 6] {
        let ([a, b, c, d], [e, f]) = (self.mark_or_smac, self.smac_end);
        [a, b, c, d, e, f]
    }
}
