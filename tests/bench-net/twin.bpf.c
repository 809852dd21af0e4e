// SPDX-License-Identifier: GPL-2.0
/* What src/main.rs does, in eBPF. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/pkt_cls.h>
#include <linux/udp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define PACKET_MAX 1514
#define TAGS_MAX 4
#define LO 1

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, __u32);
} rules SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, __u32);
} interfaces SEC(".maps");

SEC("xdp")
int pass(struct xdp_md *ctx)
{
	return XDP_PASS;
}

SEC("xdp")
int drop(struct xdp_md *ctx)
{
	return XDP_DROP;
}

SEC("xdp")
int send_back(struct xdp_md *ctx)
{
	struct ethhdr *eth = (void *)(long)ctx->data;
	unsigned char to[ETH_ALEN];

	if ((void *)(eth + 1) > (void *)(long)ctx->data_end)
		return XDP_PASS;
	__builtin_memcpy(to, eth->h_dest, ETH_ALEN);
	__builtin_memcpy(eth->h_dest, eth->h_source, ETH_ALEN);
	__builtin_memcpy(eth->h_source, to, ETH_ALEN);
	return XDP_TX;
}

/* IPv4 with options, behind VLAN tags; not IPv6, which the packet is not. */
SEC("xdp")
int look_up(struct xdp_md *ctx)
{
	const void *end = (void *)(long)ctx->data_end;
	const void *at = (void *)(long)ctx->data;
	const struct udphdr *udp;
	const struct iphdr *ip;
	__u16 type = 0;
	__u32 port;

	at += 2 * ETH_ALEN;
	for (int i = 0; i <= TAGS_MAX; i++) {
		if (at + 2 > end)
			return XDP_PASS;
		type = *(const __u16 *)at;
		at += 2;
		if (type != bpf_htons(ETH_P_8021Q) &&
		    type != bpf_htons(ETH_P_8021AD))
			break;
		at += 2;
	}
	ip = at;
	if (type != bpf_htons(ETH_P_IP) || (const void *)(ip + 1) > end ||
	    ip->version != 4 || ip->ihl < 5 || ip->protocol != IPPROTO_UDP ||
	    ip->frag_off & bpf_htons(0x1fff))
		return XDP_PASS;
	udp = at + ip->ihl * 4;
	if ((const void *)(udp + 1) > end)
		return XDP_PASS;
	port = bpf_ntohs(udp->dest);
	return bpf_map_lookup_elem(&rules, &port) ? XDP_DROP : XDP_PASS;
}

SEC("xdp")
int scan_for_set(struct xdp_md *ctx)
{
	const char *end = (void *)(long)ctx->data_end;
	const char *at = (void *)(long)ctx->data;

	for (int i = 0; i < PACKET_MAX; i++, at++) {
		if (at + 4 > end)
			break;
		if (!__builtin_memcmp(at, "set ", 4))
			return XDP_DROP;
	}
	return XDP_PASS;
}

SEC("xdp")
int redirect(struct xdp_md *ctx)
{
	return bpf_redirect(LO, 0);
}

SEC("xdp")
int redirect_map(struct xdp_md *ctx)
{
	return bpf_redirect_map(&interfaces, 0, 0);
}

SEC("tc")
int tc_pass(struct __sk_buff *skb)
{
	return TC_ACT_OK;
}

char _license[] SEC("license") = "GPL";
