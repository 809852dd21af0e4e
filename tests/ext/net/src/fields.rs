// SPDX-License-Identifier: GPL-2.0
//! What contexts say of a packet.

use rex::net::Layers;
use rex::sched_cls::{__sk_buff, TC_ACT_OK, sched_cls};
use rex::xdp::{XDP_PASS, xdp, xdp_md};
use rex::{Result, rex_tc, rex_xdp};

use crate::{answer, wished, word};

#[rex_xdp]
fn xdp_fields(obj: &xdp, ctx: &mut xdp_md) -> Result {
    let ethertype = obj.eth_header(ctx).h_proto;
    answer(
        &[
            1,
            ctx.data_length() as u64,
            obj.bpf_xdp_get_buff_len(ctx),
            word(ctx.data_meta()),
            ctx.ingress_ifindex().into(),
            ctx.rx_queue_index().into(),
            ctx.egress_ifindex().into(),
            u16::from_be(ethertype).into(),
            word(&ctx.data_slice),
        ],
        0,
    );
    Ok(XDP_PASS as i32)
}

/// The same for packets in several buffers; changes their end if that is wished.
#[rex_xdp(frags)]
fn xdp_frags(obj: &xdp, ctx: &mut xdp_md) -> Result {
    let len = obj.bpf_xdp_get_buff_len(ctx);
    let mut last = [0; 8];
    obj.bpf_xdp_load_bytes(ctx, len as u32 - 8, &mut last)?;
    let past = obj.bpf_xdp_load_bytes(ctx, len as u32 - 7, &mut [0; 8]);
    let stored = match wished(0) {
        0 => Ok(0),
        _ => obj.bpf_xdp_store_bytes(ctx, len as u32 - 2, b"ok"),
    };
    answer(
        &[
            len,
            ctx.data_slice.len() as u64,
            word(&last),
            crate::status(past),
            crate::status(stored),
        ],
        0,
    );
    Ok(XDP_PASS as i32)
}

#[rex_tc]
fn tc_fields(obj: &sched_cls, ctx: &mut __sk_buff) -> Result {
    let hash = obj.bpf_get_hash_recalc(ctx);
    answer(
        &[
            1,
            ctx.data_slice.len() as u64,
            ctx.len().into(),
            ctx.data_len().into(),
            ctx.protocol().get().into(),
            ctx.priority().into(),
            ctx.ingress_ifindex().into(),
            ctx.ifindex().into(),
            u64::from(hash == ctx.hash() && hash != 0),
            ctx.mark().into(),
            ctx.pkt_type().into(),
            ctx.queue_mapping().into(),
            ctx.vlan_present().into(),
            ctx.vlan_tci().into(),
            ctx.vlan_proto().get().into(),
            ctx.cb()[4].into(),
            ctx.tc_classid().into(),
            ctx.tc_index().into(),
            ctx.napi_id().into(),
            word(ctx.data_meta()),
            ctx.sk().map_or(0, |sk| sk.family().into()),
            ctx.sk().map_or(0, |sk| sk.src_port().into()),
            word(&ctx.data_slice),
        ],
        0,
    );
    if wished(0) != 0 {
        ctx.set_mark(wished(0) as u32);
        ctx.set_priority(5);
        ctx.set_cb([1, 2, 3, 4, 5]);
        ctx.set_tc_index(6);
        ctx.set_tc_classid(7);
        ctx.set_queue_mapping(8);
    }
    Ok(TC_ACT_OK as i32)
}

/// What a packet in several pieces has in the first, what can be copied out of it, and
/// what is there once it is pulled into one.
#[rex_tc]
fn tc_pieces(obj: &sched_cls, ctx: &mut __sk_buff) -> Result {
    let payload_len = |packet: &[u8]| {
        let payload = Layers::of(packet).and_then(|layers| layers.payload(packet));
        payload.map_or(0, <[u8]>::len) as u64
    };
    if ctx.data_len() == 0 {
        return Ok(TC_ACT_OK as i32);
    }
    let (len, first) = (ctx.len(), ctx.data_slice.len());
    let mut last = [0; 8];
    let before = [
        len.into(),
        first as u64,
        ctx.data_len().into(),
        payload_len(&ctx.data_slice),
        ctx.data_slice.get(first).is_none().into(),
        crate::status(obj.bpf_skb_load_bytes(ctx, len - 8, &mut last)),
        word(&last),
    ];
    let pulled = crate::status(obj.bpf_skb_pull_data(ctx, len));
    let end = ctx.data_slice.last_chunk::<8>().copied();
    let after = [
        pulled,
        ctx.data_slice.len() as u64,
        ctx.data_len().into(),
        payload_len(&ctx.data_slice),
        word(&end.unwrap_or_default()),
    ];
    answer(&before, 0);
    answer(&after, before.len() as u32);
    Ok(TC_ACT_OK as i32)
}

/// Changes the payload of UDP packets, whose bytes others may have, too.
#[rex_tc]
fn tc_spoil(_: &sched_cls, ctx: &mut __sk_buff) -> Result {
    let packet = &ctx.data_slice;
    let layers = Layers::of(packet).ok_or(-1)?;
    let payload = layers.udp(packet).and(layers.payload(packet)).ok_or(-2)?;
    let at = packet.len() - payload.len();
    if let Some(byte) = ctx.data_slice.get_mut(at) {
        *byte ^= 0xff;
        answer(&[1], 0);
    }
    Ok(TC_ACT_OK as i32)
}
