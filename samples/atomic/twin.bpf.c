// SPDX-License-Identifier: GPL-2.0
/* What src/main.rs does, in eBPF. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

__u64 counted;
/* Volatile: as the atomics are, read and written for others to see. */
volatile __u64 stored;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} count SEC(".maps");

SEC("kprobe")
int empty(void *ctx)
{
	return 0;
}

SEC("kprobe")
int load(void *ctx)
{
	return *(volatile __u64 *)&counted == ~0ULL;
}

SEC("kprobe")
int store(void *ctx)
{
	stored = 1;
	return 0;
}

SEC("kprobe")
int add(void *ctx)
{
	__sync_fetch_and_add(&counted, 1);
	return 0;
}

SEC("kprobe")
int add_and_get(void *ctx)
{
	return __sync_fetch_and_add(&stored, 1) == ~0ULL;
}

SEC("kprobe")
int compare_exchange(void *ctx)
{
	return __sync_val_compare_and_swap(&stored, 0, 1) == 0;
}

SEC("kprobe")
int total(void *ctx)
{
	const __u64 value = *(volatile __u64 *)&counted;
	const __u32 key = 0;

	return bpf_map_update_elem(&count, &key, &value, BPF_ANY);
}

char _license[] SEC("license") = "GPL";
