// SPDX-License-Identifier: GPL-2.0
//! At the leader: one PREPARE becomes one for each follower.

use rex::net::compute_ip_checksum;
use rex::sched_cls::{__sk_buff, TC_ACT_OK, sched_cls};
use rex::{Result, rex_tc};

use crate::config::{Peer, REPLICAS_MAX, peer};
use crate::message::{PREPARE, Place, message_in};

const OK: i32 = TC_ACT_OK as i32;

#[rex_tc]
fn broadcast(obj: &sched_cls, skb: &mut __sk_buff) -> Result {
    let (place, message) = message_in(&skb.data_slice).ok_or(OK)?;
    if message.kind != PREPARE || message.broadcast == 0 {
        return Ok(OK);
    }
    // A clone passes here, too, if it leaves by this interface.
    place.message_mut(&mut skb.data_slice).ok_or(OK)?.broadcast = 0;
    for number in (0..REPLICAS_MAX).rev() {
        let Some(peer) = peer(number) else {
            continue;
        };
        address(&mut skb.data_slice, &place, &peer).ok_or(OK)?;
        // The first follower's is the packet itself. A clone that is lost is sent again.
        if number != 0 {
            let _ = obj.bpf_clone_redirect(skb, peer.ifindex, 0);
        }
    }
    Ok(OK)
}

/// Addresses a packet to a follower. Its UDP checksum is 0, for none.
fn address(packet: &mut [u8], place: &Place, peer: &Peer) -> Option<()> {
    let ethernet = packet.get_mut(..peer.ethernet.len())?;
    ethernet.copy_from_slice(&peer.ethernet);
    let mut ip = place.layers.ipv4_mut(packet)?;
    *ip.daddr() = peer.address;
    ip.check = compute_ip_checksum(&mut ip);
    Some(())
}
