// SPDX-License-Identifier: GPL-2.0
//! Ways of a program to end, and verdicts.

use core::hint::black_box;

use rex::net::Layers;
use rex::sched_cls::{__sk_buff, sched_cls};
use rex::xdp::{XDP_PASS, xdp, xdp_md};
use rex::{Result, rex_tc, rex_xdp};

use crate::wished;

/// Ends as `wish` says: a way, and a number.
fn end(packet: &[u8]) -> Result {
    let number = wished(1) as i32;
    match wished(0) {
        0 => Ok(number),
        1 => Err(number),
        2 => panic!("wished"),
        3 => loop {
            black_box(number);
        },
        // An index that is not there.
        _ => Ok(packet[packet.len() + 1].into()),
    }
}

#[rex_xdp]
fn xdp_ends(_: &xdp, ctx: &mut xdp_md) -> Result {
    end(&ctx.data_slice)
}

#[rex_tc]
fn tc_ends(_: &sched_cls, ctx: &mut __sk_buff) -> Result {
    end(&ctx.data_slice)
}

/// Of frames of the type that IEEE 802 leaves to experiments, the last byte is the verdict.
#[rex_xdp]
fn xdp_obeys(_: &xdp, ctx: &mut xdp_md) -> Result {
    const EXPERIMENT: u16 = 0x88b5;
    let packet = &ctx.data_slice;
    let layers = Layers::of(packet).ok_or(-1)?;
    match packet.last() {
        Some(verdict) if layers.ethertype() == EXPERIMENT => Ok((*verdict).into()),
        _ => Ok(XDP_PASS as i32),
    }
}
