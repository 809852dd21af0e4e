// SPDX-License-Identifier: GPL-2.0
//! Helpers: what each returns, and what it does to the packet.

use core::net::{Ipv4Addr, SocketAddrV4};

use rex::linux::bpf::BPF_F_CURRENT_NETNS;
use rex::net::{Layers, SockTuple, bpf_fib_lookup, compute_ip_checksum};
use rex::sched_cls::{__sk_buff, TC_ACT_OK, sched_cls};
use rex::xdp::{XDP_PASS, xdp, xdp_md};
use rex::{Result, rex_tc, rex_xdp};

use crate::{answer, cpus, devices, devices_by_hash, status, wished, word};

/// Moves the bounds of the packet about, and leaves it 4 bytes longer at both ends.
#[rex_xdp]
fn xdp_bounds(obj: &xdp, ctx: &mut xdp_md) -> Result {
    let len = ctx.data_slice.len() as i32;
    let results = [
        status(obj.bpf_xdp_adjust_tail(ctx, -len)),
        status(obj.bpf_xdp_adjust_tail(ctx, 1 << 20)),
        status(obj.bpf_xdp_adjust_head(ctx, len)),
        status(obj.bpf_xdp_adjust_head(ctx, -(1 << 20))),
        status(obj.bpf_xdp_adjust_head(ctx, -4)),
        status(obj.bpf_xdp_adjust_tail(ctx, 4)),
        (ctx.data_slice.len() as i32 - len) as u64,
        status(obj.bpf_xdp_adjust_meta(ctx, -8)),
        ctx.data_meta().len() as u64,
        status(obj.bpf_xdp_adjust_meta(ctx, 1)),
        status(obj.bpf_xdp_adjust_meta(ctx, 8)),
        ctx.data_meta().len() as u64,
        status(obj.bpf_xdp_store_bytes(ctx, 0, b"head")),
        status(obj.bpf_xdp_load_bytes(ctx, len as u32 + 1, &mut [0; 8])),
    ];
    answer(&results, 0);
    ctx.data_meta_mut().fill(0);
    if let Some(tail) = ctx.data_slice.last_chunk_mut() {
        *tail = *b"tail";
    }
    Ok(XDP_PASS as i32)
}

/// Does the same to an IPv4 UDP packet by hand and by the kernel's helpers: one port more.
#[rex_tc]
fn tc_checksums(obj: &sched_cls, ctx: &mut __sk_buff) -> Result {
    let layers = Layers::of(&ctx.data_slice).ok_or(-1)?;
    let at = layers.transport().ok_or(-2)? as u32;
    let network = layers.network() as u32;
    let port = layers.udp(&ctx.data_slice).ok_or(-3)?.dest;
    let next = u16::from_be(port).wrapping_add(1).to_be();
    let ttl = layers.ipv4(&ctx.data_slice).ok_or(-4)?.ttl;

    // The word of the header that has the ttl and the protocol.
    let from = u16::from_le_bytes([ttl, 17]).into();
    let to = u16::from_le_bytes([ttl - 1, 17]).into();
    let diff = obj
        .bpf_csum_diff(&[0, 0, 0, 1], &[0, 0, 0, 3], 0)
        .map_or(0, |sum| u64::from((sum & 0xffff) + (sum >> 16)));
    let results = [
        status(obj.bpf_skb_store_bytes(ctx, at + 2, &next.to_ne_bytes(), 0)),
        status(obj.bpf_l4_csum_replace(ctx, at + 6, port.into(), next.into(), 2)),
        status(obj.bpf_skb_store_bytes(ctx, network + 8, &[ttl - 1], 0)),
        status(obj.bpf_l3_csum_replace(ctx, network + 10, from, to, 2)),
        diff,
        obj.bpf_csum_diff(&[0; 3], &[], 0).unwrap_or(0).into(),
        status(obj.bpf_l3_csum_replace(ctx, 65535, from, to, 2)),
        status(obj.bpf_skb_load_bytes(ctx, ctx.len(), &mut [1; 4])),
        status(obj.bpf_skb_pull_data(ctx, ctx.len() + 1)),
        status(obj.bpf_clone_redirect(ctx, 0x7fff_ffff, 0)),
    ];
    answer(&results, 0);
    let mut header = *layers.ipv4(&ctx.data_slice).ok_or(-5)?;
    let check = header.check;
    answer(&[u64::from(compute_ip_checksum(&mut header) == check)], 20);
    let longer = ctx.len() + 4;
    answer(
        &[
            status(obj.bpf_skb_change_tail(ctx, longer, 0)),
            ctx.data_slice.len() as u64,
        ],
        21,
    );
    Ok(TC_ACT_OK as i32)
}

/// Sends packets on: `wish` has the way, and an interface, an entry or a CPU.
#[rex_xdp]
fn xdp_forward(obj: &xdp, ctx: &mut xdp_md) -> Result {
    let key = wished(1) as u32;
    // Only what the test sends: IPv4 UDP.
    if Layers::of(&ctx.data_slice).is_none_or(|layers| layers.udp(&ctx.data_slice).is_none()) {
        return Ok(XDP_PASS as i32);
    }
    let verdict = match wished(0) {
        1 => obj.bpf_redirect(key, 0),
        2 => obj.bpf_redirect_map(&devices, key, 0),
        3 => obj.bpf_redirect_map(&devices_by_hash, key, XDP_PASS.into()),
        4 => obj.bpf_redirect_map(&cpus, key, 0),
        _ => Ok(XDP_PASS as i32),
    };
    answer(&[status(verdict)], 0);
    verdict
}

#[rex_tc]
fn tc_forward(obj: &sched_cls, ctx: &mut __sk_buff) -> Result {
    let key = wished(1) as u32;
    if Layers::of(&ctx.data_slice).is_none_or(|layers| layers.udp(&ctx.data_slice).is_none()) {
        return Ok(TC_ACT_OK as i32);
    }
    let verdict = match wished(0) {
        1 => obj.bpf_redirect(key, 0),
        2 => {
            answer(&[status(obj.bpf_clone_redirect(ctx, key, 0))], 1);
            Ok(TC_ACT_OK as i32)
        }
        _ => Ok(TC_ACT_OK as i32),
    };
    answer(&[status(verdict)], 0);
    verdict
}

/// Looks up a route and sockets; 127.0.0.1, with the ports in `wish`.
macro_rules! lookups {
    ($attribute:ident $name:ident $object:ty, $context:ty) => {
        #[$attribute]
        fn $name(obj: &$object, ctx: &mut $context) -> Result {
            let here = |port| SocketAddrV4::new(Ipv4Addr::LOCALHOST, port);
            let current = BPF_F_CURRENT_NETNS;
            let tuple = |index| SockTuple::v4(here(9), here(wished(index) as u16));
            let tcp = obj.bpf_sk_lookup_tcp(ctx, &tuple(0), current);
            let udp = obj.bpf_sk_lookup_udp(ctx, &tuple(1), current);
            let mut route = bpf_fib_lookup {
                family: 2,
                ifindex: wished(2) as u32,
                src: [wished(3) as u32, 0, 0, 0],
                dst: [wished(4) as u32, 0, 0, 0],
                ..Default::default()
            };
            let found = obj.bpf_fib_lookup(ctx, &mut route, 0);
            answer(
                &[
                    tcp.as_ref().map_or(0, |sk| sk.src_port().into()),
                    tcp.as_ref().map_or(0, |sk| sk.state().into()),
                    udp.as_ref().map_or(0, |sk| sk.src_port().into()),
                    udp.as_ref()
                        .and_then(|sk| sk.protocol())
                        .map_or(0, u64::from),
                    status(found),
                    route.ifindex.into(),
                    word(&route.dmac),
                    word(&route.smac()),
                    obj.bpf_sk_lookup_tcp(ctx, &SockTuple::v4(here(9), here(9)), current)
                        .is_some()
                        .into(),
                ],
                0,
            );
            // One of them stays held: the kernel gives it back.
            core::mem::forget(udp);
            Ok(0)
        }
    };
}

lookups! { rex_xdp xdp_lookups xdp, xdp_md }
lookups! { rex_tc tc_lookups sched_cls, __sk_buff }
