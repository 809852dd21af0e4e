// SPDX-License-Identifier: GPL-2.0
//! Prints a line for each packet that leaves by an interface, and lets it go: here over lo.
#![no_std]
#![no_main]

use rex::sched_cls::{__sk_buff, TC_ACT_OK, sched_cls};
use rex::{Result, rex_printk, rex_tc};

#[rex_tc]
fn on_packet(_: &sched_cls, ctx: &mut __sk_buff) -> Result {
    let (length, interface) = (ctx.len(), ctx.ifindex());
    rex_printk!("@NAME@: {length} bytes go out by interface {interface}")?;
    Ok(TC_ACT_OK as i32)
}
