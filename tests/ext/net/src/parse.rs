// SPDX-License-Identifier: GPL-2.0
//! What is found in a packet, as one number. The program's twin is `tests/ebpf/parse.bpf.c`.

use rex::net::{IpVersion, Layers};
use rex::sched_cls::{__sk_buff, sched_cls};
use rex::xdp::{xdp, xdp_md};
use rex::{Result, rex_tc, rex_xdp};

/// FNV-1a over words.
struct Hash(u32);

impl Hash {
    fn add(&mut self, word: u32) {
        self.0 = (self.0 ^ word).wrapping_mul(0x0100_0193);
    }
}

const NOTHING: u32 = u32::MAX;

fn place(packet: &[u8], part: Option<&[u8]>) -> (u32, u32) {
    part.map_or((NOTHING, NOTHING), |part| {
        let start = part.as_ptr().addr() - packet.as_ptr().addr();
        (start as u32, part.len() as u32)
    })
}

fn parse(packet: &[u8]) -> Result {
    let Some(layers) = Layers::of(packet) else {
        return Ok(1);
    };
    let mut hash = Hash(0x811c_9dc5);
    hash.add(layers.ethertype().into());
    hash.add(layers.vlan_tags() as u32);
    hash.add(layers.vlan(0, packet).map_or(NOTHING, u32::from));
    hash.add(layers.network() as u32);
    hash.add(match layers.ip_version() {
        Some(IpVersion::V4) => 4,
        Some(IpVersion::V6) => 6,
        None => NOTHING,
    });
    hash.add(layers.protocol().map_or(NOTHING, u32::from));
    hash.add(layers.transport().map_or(NOTHING, |at| at as u32));
    hash.add(layers.is_fragment().into());
    hash.add(
        layers
            .tcp(packet)
            .map_or(NOTHING, |tcp| u16::from_be(tcp.dest).into()),
    );
    hash.add(
        layers
            .udp(packet)
            .map_or(NOTHING, |udp| u16::from_be(udp.dest).into()),
    );
    for (start, len) in [
        place(packet, layers.tcp_options(packet)),
        place(packet, layers.payload(packet)),
    ] {
        hash.add(start);
        hash.add(len);
    }
    // Any number but those of errors.
    Ok((hash.0 >> 1) as i32)
}

#[rex_xdp]
fn xdp_parse(_: &xdp, ctx: &mut xdp_md) -> Result {
    parse(&ctx.data_slice)
}

#[rex_tc]
fn tc_parse(obj: &sched_cls, ctx: &mut __sk_buff) -> Result {
    obj.bpf_skb_pull_data(ctx, ctx.len())?;
    parse(&ctx.data_slice)
}
