// SPDX-License-Identifier: GPL-2.0
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define PAIRS 1024

struct locked {
	struct bpf_spin_lock lock;
	__u32 taken;
};

struct measured {
	__u64 ns;
	__u64 pairs;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct locked);
} locked SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct measured);
} measured SEC(".maps");

SEC("xdp")
int lock_and_unlock(struct xdp_md *ctx)
{
	const __u32 key = 0;
	struct locked *value = bpf_map_lookup_elem(&locked, &key);
	struct measured *sum = bpf_map_lookup_elem(&measured, &key);
	__u64 start;

	(void)ctx;
	if (!value || !sum)
		return XDP_PASS;
	start = bpf_ktime_get_ns();
	for (int i = 0; i < PAIRS; i++) {
		bpf_spin_lock(&value->lock);
		value->taken++;
		bpf_spin_unlock(&value->lock);
	}
	sum->ns += bpf_ktime_get_ns() - start;
	sum->pairs += PAIRS;
	return XDP_PASS;
}

char _license[] SEC("license") = "GPL";
