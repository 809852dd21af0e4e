// SPDX-License-Identifier: GPL-2.0
/* What src/main.rs does, in the two ways that eBPF has. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} arg SEC(".maps");

static __always_inline __u64 get_depth(void)
{
	const __u32 zero = 0;
	__u64 *depth = bpf_map_lookup_elem(&arg, &zero);

	return depth ? *depth : 0;
}

/*
 * Tail calls: a program that jumps to itself. It keeps no registers and no
 * stack, so that what it counts is in a map.
 */
__u64 left;

int step(void *ctx);

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__array(values, int(void *));
} jumps SEC(".maps") = {
	.values = { [0] = (void *)&step },
};

SEC("kprobe")
int step(void *ctx)
{
	if (--left)
		bpf_tail_call(ctx, &jumps, 0);
	return 0;
}

SEC("kprobe")
int tail_calls(void *ctx)
{
	left = get_depth();
	if (left)
		bpf_tail_call(ctx, &jumps, 0);
	return 0;
}

/* Calls of functions: no recursion, so that each depth is a function. */
static __noinline __u64 descend7(__u64 deep)
{
	/* Else clang finds that it needs no call. */
	asm volatile("" : "+r"(deep));
	return deep;
}

#define DESCEND(n, next)                                   \
	static __noinline __u64 descend##n(__u64 deep)     \
	{                                                  \
		if (deep == 1)                             \
			return 1;                          \
		return descend##next(deep - 1) * 3 ^ deep; \
	}

DESCEND(6, 7)
DESCEND(5, 6)
DESCEND(4, 5)
DESCEND(3, 4)
DESCEND(2, 3)
DESCEND(1, 2)

SEC("kprobe")
int calls(void *ctx)
{
	__u64 depth = get_depth();

	if (!depth)
		return 0;
	return descend1(depth) == ~0ULL;
}

char _license[] SEC("license") = "GPL";
