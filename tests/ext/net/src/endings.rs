// SPDX-License-Identifier: GPL-2.0
//! Ways of a program to end, and verdicts.

use core::hint::black_box;

use rex::sched_cls::{__sk_buff, sched_cls};
use rex::xdp::{xdp, xdp_md};
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
