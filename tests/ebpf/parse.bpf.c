// SPDX-License-Identifier: GPL-2.0
/*
 * The eBPF twin of xdp_parse and tc_parse in tests/ext/net: the same number
 * for the same packet. Written from the RFCs, and as the verifier wants it.
 */
#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define NOTHING 0xffffffff
/* More than any packet of the test has. */
#define MAX_TAGS 16
#define MAX_EXTENSIONS 16

struct found {
	__u32 ethertype, tags, first_tag, network, version, protocol, transport,
		fragment, tcp_port, udp_port, options, options_len, payload,
		payload_len;
};

/* Bytes at a place of the packet, or an error. */
static __always_inline long load(struct xdp_md *ctx, __u32 at, void *to,
				 __u32 len)
{
	return bpf_xdp_load_bytes(ctx, at, to, len);
}

static __always_inline __u32 fold(__u32 hash, __u32 word)
{
	return (hash ^ word) * 0x01000193;
}

static __always_inline void find_slice(__u32 *start, __u32 *len, __u32 from,
				       __u32 to, __u32 size)
{
	if (from > to || to > size)
		return;
	*start = from;
	*len = to - from;
}

/*
 * The functions with loops are global ones: the verifier looks at each of
 * them once, and not at all that follows for each round.
 */
__noinline int count_tags(struct xdp_md *ctx)
{
	__be16 type;

	for (int i = 0; i < MAX_TAGS; i++) {
		if (load(ctx, 12 + 4 * i, &type, 2))
			return -1;
		if (type != bpf_htons(0x8100) && type != bpf_htons(0x88a8))
			return i;
	}
	return -1;
}

/* What skip_extensions() returns: where the chain ends, and these. */
#define CHAIN_PROTOCOL 0xff
#define CHAIN_FRAGMENT 0x100
#define CHAIN_KNOWN 0x200 /* the protocol is */
#define CHAIN_WHOLE 0x400 /* something follows the chain */
#define CHAIN_SHIFT 16

__noinline __u64 skip_extensions(struct xdp_md *ctx, __u32 next, __u32 at)
{
	__u32 size = bpf_xdp_get_buff_len(ctx), found = 0;

	for (int i = 0; i < MAX_EXTENSIONS; i++) {
		__be16 offset;
		__u8 head[2];

		if (next != 0 && next != 43 && next != 44 && next != 51 &&
		    next != 60) {
			if (at > size)
				return found;
			found |= CHAIN_KNOWN | next;
			if (next != 59)
				found |= CHAIN_WHOLE;
			return found | (__u64)at << CHAIN_SHIFT;
		}
		if (load(ctx, at, head, 2))
			return found;
		if (next == 44) {
			if (load(ctx, at + 2, &offset, 2))
				return found;
			found |= CHAIN_FRAGMENT;
			if (bpf_ntohs(offset) & 0xfff8)
				return found | CHAIN_KNOWN | head[0];
			at += 8;
		} else {
			at += next == 51 ? (head[1] + 2) * 4
					 : (head[1] + 1) * 8;
		}
		next = head[0];
	}
	return found;
}

static __always_inline void find_extensions(struct xdp_md *ctx, struct found *f,
					    __u32 next, __u32 at)
{
	__u64 chain = skip_extensions(ctx, next, at);

	if (chain & CHAIN_FRAGMENT)
		f->fragment = 1;
	if (chain & CHAIN_KNOWN)
		f->protocol = chain & CHAIN_PROTOCOL;
	if (chain & CHAIN_WHOLE)
		f->transport = chain >> CHAIN_SHIFT;
}

static __always_inline __u32 find_ipv4(struct xdp_md *ctx, struct found *f,
				       __u32 size)
{
	__u32 at = f->network, len, total, fragment;
	__u8 h[20];

	if (load(ctx, at, h, sizeof(h)))
		return 0;
	len = (h[0] & 15) * 4;
	total = h[2] << 8 | h[3];
	if (h[0] >> 4 != 4 || len < 20 || total < len || at + len > size)
		return 0;
	fragment = h[6] << 8 | h[7];
	f->version = 4;
	f->protocol = h[9];
	f->fragment = !!(fragment & 0x3fff);
	if (!(fragment & 0x1fff))
		f->transport = at + len;
	return at + total;
}

static __always_inline __u32 find_ipv6(struct xdp_md *ctx, struct found *f,
				       __u32 size)
{
	__u32 at = f->network, len;
	__u8 h[40];

	if (load(ctx, at, h, sizeof(h)) || h[0] >> 4 != 6)
		return 0;
	f->version = 6;
	find_extensions(ctx, f, h[6], at + 40);
	len = h[4] << 8 | h[5];
	return len ? at + 40 + len : size;
}

static __always_inline void find_payload(struct xdp_md *ctx, struct found *f,
					 __u32 end, __u32 size)
{
	__u32 at = f->transport, len;
	__u8 h[20];

	if (at == NOTHING)
		return;
	if (end > size)
		end = size;
	if (f->protocol == 6) {
		if (load(ctx, at, h, 20))
			return;
		f->tcp_port = h[2] << 8 | h[3];
		len = (h[12] >> 4) * 4;
		find_slice(&f->options, &f->options_len, at + 20, at + len,
			   size);
		find_slice(&f->payload, &f->payload_len,
			   at + (len < 20 ? 20 : len), end, size);
	} else if (f->protocol == 17) {
		if (load(ctx, at, h, 8))
			return;
		f->udp_port = h[2] << 8 | h[3];
		len = h[4] << 8 | h[5];
		if (end > at + len)
			end = at + len;
		find_slice(&f->payload, &f->payload_len, at + 8, end, size);
	} else {
		find_slice(&f->payload, &f->payload_len, at, end, size);
	}
}

SEC("xdp")
int parse(struct xdp_md *ctx)
{
	__u32 size = bpf_xdp_get_buff_len(ctx), end = 0, hash = 0x811c9dc5;
	struct found f;
	__be16 word;
	int tags;

	__builtin_memset(&f, 0xff, sizeof(f));
	f.fragment = 0;
	tags = count_tags(ctx);
	if (tags < 0)
		return 1;
	f.tags = tags;
	f.network = 14 + 4 * tags;
	if (load(ctx, f.network - 2, &word, 2))
		return 1;
	f.ethertype = bpf_ntohs(word);
	if (f.tags && !load(ctx, 14, &word, 2))
		f.first_tag = bpf_ntohs(word);
	if (f.ethertype == 0x0800)
		end = find_ipv4(ctx, &f, size);
	else if (f.ethertype == 0x86dd)
		end = find_ipv6(ctx, &f, size);
	find_payload(ctx, &f, end, size);

	for (int i = 0; i < sizeof(f) / 4; i++)
		hash = fold(hash, ((__u32 *)&f)[i]);
	return hash >> 1;
}

char _license[] SEC("license") = "GPL";
