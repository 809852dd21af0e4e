// SPDX-License-Identifier: GPL-2.0
//! A packet filter: drops what comes in for ports that the rules name.
//!
//! The XDP program traces each TCP and UDP packet that comes in, with its
//! addresses, and drops it if there is a rule for its port and protocol. The
//! tc program traces what goes out. Whatever else there is, and what is cut short,
//! passes.
//!
//! A fragment but the first of an IP packet has no ports and passes. Without the
//! first, which is dropped, nothing comes of it.
#![no_std]
#![no_main]

use core::fmt::Display;

use rex::map::RexHashMap;
use rex::net::{IpVersion, Layers};
use rex::sched_cls::{__sk_buff, TC_ACT_OK, sched_cls};
use rex::xdp::{IPPROTO_TCP, IPPROTO_UDP, XDP_DROP, XDP_PASS, xdp, xdp_md};
use rex::{Result, rex_map, rex_printk, rex_tc, rex_xdp};

/// Ports that are not to be reached: 1 for TCP, 2 for UDP, 3 for both.
#[allow(non_upper_case_globals)]
#[rex_map]
static rules: RexHashMap<u32, u16> = RexHashMap::new(1024, 0);

/// A protocol with ports.
struct Protocol {
    name: &'static str,
    rule: u16,
}

const TCP: Protocol = Protocol {
    name: "TCP",
    rule: 1,
};
const UDP: Protocol = Protocol {
    name: "UDP",
    rule: 2,
};

/// The ports of a packet, and what they are ports of.
struct Ports {
    protocol: Protocol,
    source: u16,
    destination: u16,
}

impl Ports {
    fn of(packet: &[u8], layers: &Layers) -> Option<Self> {
        let (protocol, source, destination) = match layers.protocol()?.into() {
            IPPROTO_TCP => {
                let tcp = layers.tcp(packet)?;
                (TCP, tcp.source, tcp.dest)
            }
            IPPROTO_UDP => {
                let udp = layers.udp(packet)?;
                (UDP, udp.source, udp.dest)
            }
            _ => return None,
        };
        Some(Self {
            protocol,
            source: u16::from_be(source),
            destination: u16::from_be(destination),
        })
    }
}

fn trace(way: &str, packet: &[u8], layers: &Layers, ports: &Ports, verdict: &str) -> Option<()> {
    let (source, destination): (&dyn Display, &dyn Display) = match layers.ip_version()? {
        IpVersion::V4 => {
            let ip = layers.ipv4(packet)?;
            (&ip.source(), &ip.destination())
        }
        IpVersion::V6 => {
            let ip = layers.ipv6(packet)?;
            (&ip.source(), &ip.destination())
        }
    };
    rex_printk!(
        "{way} {}: {source} port {} to {destination} port {}{verdict}",
        ports.protocol.name,
        ports.source,
        ports.destination
    )
    .ok()
    .map(|_| ())
}

#[rex_xdp]
fn filter(obj: &xdp, ctx: &mut xdp_md) -> Result {
    let packet = &ctx.data_slice;
    let layers = Layers::of(packet).ok_or(XDP_PASS as i32)?;
    let ports = Ports::of(packet, &layers).ok_or(XDP_PASS as i32)?;

    let port = u32::from(ports.destination);
    let rule = obj
        .bpf_map_lookup_elem(&rules, &port)
        .map_or(0, |rule| *rule);
    if rule & ports.protocol.rule != 0 {
        trace("in", packet, &layers, &ports, ": dropped");
        return Ok(XDP_DROP as i32);
    }
    trace("in", packet, &layers, &ports, "");
    Ok(XDP_PASS as i32)
}

#[rex_tc]
fn trace_out(_: &sched_cls, skb: &mut __sk_buff) -> Result {
    let packet = &skb.data_slice;
    let layers = Layers::of(packet).ok_or(TC_ACT_OK as i32)?;
    let ports = Ports::of(packet, &layers).ok_or(TC_ACT_OK as i32)?;
    trace("out", packet, &layers, &ports, "");
    Ok(TC_ACT_OK as i32)
}
