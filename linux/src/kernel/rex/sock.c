// SPDX-License-Identifier: GPL-2.0
/*
 * What network programs ask beside eBPF's helpers: references to sockets, which
 * the ledger records, and what a packet's fields don't say by themselves.
 */
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <net/busy_poll.h>

#include "ledger.h"
#include "sock.h"

/**
 * rex_sock_release() - give a reference to a socket back, for the ledger
 * @frame: not used
 * @sk: the socket
 *
 * Context: softirqs are off.
 */
void rex_sock_release(struct rex_frame *frame, void *sk)
{
	bpf_sk_release((unsigned long)sk, 0, 0, 0, 0);
}

static void *rex_sock_record(struct rex_frame *frame, u64 sk)
{
	if (sk)
		rex_ledger_add(frame, REX_RES_SOCK, (void *)(unsigned long)sk);
	return (void *)(unsigned long)sk;
}

/*
 * Each calls a helper of eBPF and records the reference. @tuple is a struct
 * bpf_sock_tuple of which @len bytes count: those of its IPv4 or IPv6 member.
 * @netns is the id of a network namespace, or BPF_F_CURRENT_NETNS. They return
 * NULL where there is no such socket or the ledger is full.
 */
#define REX_SK_LOOKUP(hook, protocol)					\
void *rex_##hook##_sk_lookup_##protocol(void *ctx, const void *tuple,	\
					u32 len, u64 netns)		\
{									\
	struct rex_frame *frame = rex_ledger_room();			\
									\
	if (!frame)							\
		return NULL;						\
	return rex_sock_record(frame, bpf_##hook##_sk_lookup_##protocol(\
				       (unsigned long)ctx,		\
				       (unsigned long)tuple, len,	\
				       netns, 0));			\
}

REX_SK_LOOKUP(xdp, tcp)
REX_SK_LOOKUP(xdp, udp)
REX_SK_LOOKUP(tc, tcp)
REX_SK_LOOKUP(tc, udp)

/**
 * rex_sk_put() - release a reference to a socket
 * @sk: the socket; nothing happens where the program holds no reference
 *
 * Context: called by an extension of a network type.
 */
void rex_sk_put(void *sk)
{
	if (rex_ledger_take(REX_RES_SOCK, sk))
		rex_sock_release(NULL, sk);
}

/**
 * rex_skb_napi_id() - tell which NAPI context a packet came from
 * @skb: the packet
 *
 * The field has something else in it for packets that are sent.
 *
 * Context: called by a tc extension.
 * Return: the id, or 0 where it came from none.
 */
u32 rex_skb_napi_id(const struct sk_buff *skb)
{
#ifdef CONFIG_NET_RX_BUSY_POLL
	if (skb->napi_id >= MIN_NAPI_ID)
		return skb->napi_id;
#endif
	return 0;
}
