// SPDX-License-Identifier: GPL-2.0
//! What network programs do with each packet, from the least on; twin.bpf.c has the same in eBPF.
#![no_std]
#![no_main]
#![allow(non_upper_case_globals)]

use rex::map::{RexDevMap, RexHashMap};
use rex::net::Layers;
use rex::sched_cls::{__sk_buff, TC_ACT_OK, sched_cls};
use rex::xdp::{XDP_DROP, XDP_PASS, XDP_TX, xdp, xdp_md};
use rex::{Result, rex_map, rex_tc, rex_xdp};

const PASS: i32 = XDP_PASS as i32;

/// What is to be dropped, by port.
#[rex_map]
static rules: RexHashMap<u32, u32> = RexHashMap::new(16, 0);

/// Where packets are sent to.
#[rex_map]
static interfaces: RexDevMap = RexDevMap::new(16, 0);

const LO: u32 = 1;

#[rex_xdp]
fn pass(_: &xdp, _: &mut xdp_md) -> Result {
    Ok(PASS)
}

#[rex_xdp]
fn drop(_: &xdp, _: &mut xdp_md) -> Result {
    Ok(XDP_DROP as i32)
}

/// Sends the packet back to where it came from.
#[rex_xdp]
fn send_back(_: &xdp, ctx: &mut xdp_md) -> Result {
    const ADDRESS_LEN: usize = 6;
    let addresses = ctx.data_slice.get_mut(..2 * ADDRESS_LEN).ok_or(PASS)?;
    let (to, from) = addresses.split_at_mut(ADDRESS_LEN);
    to.swap_with_slice(from);
    Ok(XDP_TX as i32)
}

/// Looks for a rule for the packet's UDP port.
#[rex_xdp]
fn look_up(obj: &xdp, ctx: &mut xdp_md) -> Result {
    let packet = &ctx.data_slice;
    let layers = Layers::of(packet).ok_or(PASS)?;
    let port = u16::from_be(layers.udp(packet).ok_or(PASS)?.dest).into();
    match obj.bpf_map_lookup_elem(&rules, &port) {
        Some(_) => Ok(XDP_DROP as i32),
        None => Ok(PASS),
    }
}

/// Drops a packet in which there is a SET of memcached's.
#[rex_xdp]
fn scan_for_set(_: &xdp, ctx: &mut xdp_md) -> Result {
    let found = ctx.data_slice.windows(4).any(|four| four == b"set ");
    Ok(if found { XDP_DROP as i32 } else { PASS })
}

#[rex_xdp]
fn redirect(obj: &xdp, _: &mut xdp_md) -> Result {
    obj.bpf_redirect(LO, 0)
}

#[rex_xdp]
fn redirect_map(obj: &xdp, _: &mut xdp_md) -> Result {
    obj.bpf_redirect_map(&interfaces, 0, 0)
}

#[rex_tc]
fn tc_pass(_: &sched_cls, _: &mut __sk_buff) -> Result {
    Ok(TC_ACT_OK as i32)
}
