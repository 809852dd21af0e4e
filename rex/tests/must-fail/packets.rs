// SPDX-License-Identifier: GPL-2.0
// Slices of packets that would outlive the packet's bounds, and contexts that leave their program.

//# slice over adjust_tail: cannot borrow `*ctx` as mutable because it is also borrowed as immutable
fn f(obj: &xdp, ctx: &mut xdp_md) -> u8 {
    let head = &ctx.data_slice[..14];
    let _ = obj.bpf_xdp_adjust_tail(ctx, 4);
    head[0]
}

//# mutable slice over adjust_head: cannot borrow `*ctx` as mutable more than once at a time
fn f(obj: &xdp, ctx: &mut xdp_md) {
    let data: &mut [u8] = &mut ctx.data_slice;
    let _ = obj.bpf_xdp_adjust_head(ctx, 4);
    data[0] = 0;
}

//# header over adjust_tail: cannot borrow `*ctx` as mutable more than once at a time
fn f(obj: &xdp, ctx: &mut xdp_md) {
    let header = obj.ip_header(ctx);
    let _ = obj.bpf_xdp_adjust_tail(ctx, 4);
    let _ = header.ttl;
}

//# metadata over adjust_meta: cannot borrow `*ctx` as mutable because it is also borrowed as immutable
fn f(obj: &xdp, ctx: &mut xdp_md) -> u8 {
    let meta = ctx.data_meta();
    let _ = obj.bpf_xdp_adjust_meta(ctx, 4);
    meta[0]
}

//# slice over clone_redirect: cannot borrow `*skb` as mutable because it is also borrowed as immutable
fn f(obj: &sched_cls, skb: &mut __sk_buff) -> u8 {
    let head = &skb.data_slice[..14];
    let _ = obj.bpf_clone_redirect(skb, 1, 0);
    head[0]
}

//# slice over a write that moves a shared packet: cannot borrow `skb.data_slice` as mutable because it is also borrowed as immutable
fn f(skb: &mut __sk_buff) -> u8 {
    let head = &skb.data_slice[..14];
    skb.data_slice[0] = 1;
    head[0]
}

//# packet taken out of its context: the trait `Default` is not implemented for `Packet<'_, false>`
fn f(ctx: &mut xdp_md) { core::mem::take(&mut ctx.data_slice); }

//# packet moved out of its context: cannot move out of `ctx.data_slice` which is behind a mutable reference
fn f<'a>(ctx: &mut xdp_md<'a>) -> Packet<'a, false> { ctx.data_slice }

//# copied packet: no method named `clone` found for struct `Packet<'_, false>`
fn f(ctx: &mut xdp_md) { ctx.data_slice.clone(); }

//# packet of a program's own bytes: net::Packet<'_, _>` with struct literal syntax due to private fields
fn f(ctx: &mut xdp_md) { ctx.data_slice = Packet {}; }

//# slice for longer than the program: lifetime may not live long enough
fn f<'a>(ctx: &'a xdp_md) -> &'static [u8] { &ctx.data_slice }

//# context in a static: cannot be sent between threads safely
fn keep<T: Send>(_: T) {}
fn f(ctx: &mut xdp_md) { keep(ctx) }

//# socket over a helper that changes the packet: cannot borrow `*skb` as mutable because it is also borrowed as immutable
fn f(obj: &sched_cls, skb: &mut __sk_buff) -> u16 {
    let sk = skb.sk();
    let _ = obj.bpf_skb_pull_data(skb, 0);
    sk.map_or(0, |sk| sk.src_port())
}

//# socket that outlives its reference: net::OwnedSocket`
fn f(socket: OwnedSocket) -> Socket<'static> { *socket }

//# look-up in a map of interfaces: this type of map has no look-ups by key
#[rex_map] static M: RexDevMap = RexDevMap::new(1, 0);
pub fn f(obj: &xdp) -> bool { obj.bpf_map_lookup_elem(&M, &0).is_some() }

//# redirect by a map that says nothing of it: says nothing of where packets go
#[rex_map] static M: RexArrayMap<u32> = RexArrayMap::new(1, 0);
pub fn f(obj: &xdp) -> Result { obj.bpf_redirect_map(&M, 0, 0) }

//# XDP program with the object of tc: sched_cls` is not a program object for `#[rex_xdp]`
#[rex_xdp] fn p(obj: &sched_cls, ctx: &mut __sk_buff) -> Result { Ok(0) }

//# argument that is none: expected `#[rex_xdp]` or `#[rex_xdp(frags)]`
#[rex_xdp(fragments)] fn p(obj: &xdp, ctx: &mut xdp_md) -> Result { Ok(0) }
