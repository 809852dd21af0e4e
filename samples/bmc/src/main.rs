// SPDX-License-Identifier: GPL-2.0
//! BMC, a cache in front of memcached: GETs over UDP are answered before the network stack.
//!
//! ```text
//!            GET k (UDP)    +------------+  hit: the reply, by XDP_TX
//!   client --------------->| XDP: bmc_rx |-------------------------------> client
//!            SET k (TCP)    +------------+
//!                            | miss: may be filled    | SET k: forget k
//!                            v                        v
//!                           the network stack, memcached
//!                            |                        |
//!                            v reply to the GET       v reply to the SET
//!                          +------------+
//!   client <---------------| tc: bmc_tx |  fill k     forget k again
//!                          +------------+
//! ```
//!
//! Who asks sees what memcached alone would answer. What that takes:
//!
//! - A reply fills the cache only if it belongs to the last GET that missed and no
//!   write was seen since ([`cache`]).
//! - A key is forgotten when a write comes in, so that no later GET gets the old value, and
//!   again when memcached has answered the write: a GET that memcached executed
//!   in between has filled in the old value ([`writes`]).
//! - What can't be understood and could be a write forgets all ([`protocol`]).
//! - GETs are answered whole or not, in one datagram: one of several keys of which one is
//!   missing, or whose reply would be longer, is memcached's.
//!
//! The programs are for one memcached with the text protocol (`-B ascii`) at one port.
//! What remains: a write with `noreply` on a connection that then stays silent can leave
//! the old value behind if a GET of the same key overtakes it.
//!
//! The idea is that of BMC (Ghigoff et al., NSDI 2021).
#![no_std]
#![no_main]

mod cache;
mod packet;
mod protocol;
mod reply;
mod settings;
mod stats;
mod writes;

use rex::sched_cls::{__sk_buff, TC_ACT_OK, sched_cls};
use rex::xdp::{IPPROTO_TCP, IPPROTO_UDP, XDP_PASS, xdp, xdp_md};
use rex::{Result, rex_tc, rex_xdp};

use cache::Key;
use packet::Message;
use reply::Reply;
use stats::{Count, count};

const PASS: i32 = XDP_PASS as i32;
const OK: i32 = TC_ACT_OK as i32;

/// What comes in for memcached.
#[rex_xdp]
fn bmc_rx(obj: &xdp, ctx: &mut xdp_md) -> Result {
    let Some(request) = Message::to_memcached(&ctx.data_slice) else {
        return Ok(PASS);
    };
    if request.is_fragment {
        writes::note_all(&request.flow, obj.bpf_ktime_get_coarse_ns());
        return Ok(PASS);
    }
    match request.flow.protocol() {
        IPPROTO_TCP => writes::note(
            &request.flow,
            request.payload,
            obj.bpf_ktime_get_coarse_ns(),
        ),
        IPPROTO_UDP => return receive_datagram(obj, ctx),
        _ => {}
    }
    Ok(PASS)
}

fn receive_datagram(obj: &xdp, ctx: &mut xdp_md) -> Result {
    let request = Message::to_memcached(&ctx.data_slice).ok_or(PASS)?;
    let (id, text) = protocol::datagram(request.payload).ok_or(PASS)?;
    let Some(keys) = protocol::keys_of_get(text) else {
        writes::note(&request.flow, text, obj.bpf_ktime_get_coarse_ns());
        return Ok(PASS);
    };
    count(Count::Gets);
    let mut reply = Reply::new();
    if !keys.clone().all(|key| reply.add(&Key::new(key))) {
        count(Count::Misses);
        for key in keys {
            cache::lease(&Key::new(key), request.flow.lease(id));
        }
        return Ok(PASS);
    }
    drop(keys);
    count(Count::Hits);
    reply.send(obj, ctx)
}

/// What memcached sends.
#[rex_tc]
fn bmc_tx(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    if skb.data_len() != 0 && Message::from_memcached(&skb.data_slice).is_some() {
        let len = skb.len();
        obj.bpf_skb_pull_data(skb, len)?;
    }
    let Some(reply) = Message::from_memcached(&skb.data_slice) else {
        return Ok(OK);
    };
    let mut text = reply.payload;
    if reply.flow.protocol() == IPPROTO_UDP {
        let (id, values) = protocol::datagram(text).ok_or(OK)?;
        for (key, block) in protocol::values(values) {
            cache::fill(&Key::new(key), reply.flow.lease(id), block);
        }
        text = values;
    }
    writes::settle(&reply.flow, text);
    Ok(OK)
}
