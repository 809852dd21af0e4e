// SPDX-License-Identifier: GPL-2.0
//! Prints a line for each packet that an interface receives, and lets it pass: here over lo.
#![no_std]
#![no_main]

use rex::xdp::{XDP_PASS, xdp, xdp_md};
use rex::{Result, rex_printk, rex_xdp};

#[rex_xdp]
fn on_packet(_: &xdp, ctx: &mut xdp_md) -> Result {
    let (length, interface) = (ctx.data_length(), ctx.ingress_ifindex());
    rex_printk!("@NAME@: {length} bytes came in by interface {interface}")?;
    Ok(XDP_PASS as i32)
}
