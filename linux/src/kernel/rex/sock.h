/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _REX_SOCK_H
#define _REX_SOCK_H

#include <linux/types.h>

struct rex_frame;
struct sk_buff;

/* Helpers of eBPF, which no header declares. */
u64 bpf_xdp_sk_lookup_tcp(u64 xdp, u64 tuple, u64 len, u64 netns, u64 flags);
u64 bpf_xdp_sk_lookup_udp(u64 xdp, u64 tuple, u64 len, u64 netns, u64 flags);
u64 bpf_tc_sk_lookup_tcp(u64 skb, u64 tuple, u64 len, u64 netns, u64 flags);
u64 bpf_tc_sk_lookup_udp(u64 skb, u64 tuple, u64 len, u64 netns, u64 flags);
u64 bpf_sk_release(u64 sk, u64 r2, u64 r3, u64 r4, u64 r5);

void rex_sock_release(struct rex_frame *frame, void *sk);

/* What extensions call. */
void *rex_xdp_sk_lookup_tcp(void *ctx, const void *tuple, u32 len, u64 netns);
void *rex_xdp_sk_lookup_udp(void *ctx, const void *tuple, u32 len, u64 netns);
void *rex_tc_sk_lookup_tcp(void *ctx, const void *tuple, u32 len, u64 netns);
void *rex_tc_sk_lookup_udp(void *ctx, const void *tuple, u32 len, u64 netns);
void rex_sk_put(void *sk);
u32 rex_skb_napi_id(const struct sk_buff *skb);

#endif /* _REX_SOCK_H */
