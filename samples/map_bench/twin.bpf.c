// SPDX-License-Identifier: GPL-2.0
/* What src/main.rs does, in eBPF. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} arg SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, __u64);
} array_map SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, __u64);
} percpu_array_map SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, __u64);
} hash_map SEC(".maps");

__u64 total;

static __always_inline __u32 get_key(void)
{
	const __u32 zero = 0;
	__u64 *key = bpf_map_lookup_elem(&arg, &zero);

	return key ? *key : 0;
}

static __always_inline int count_in(void *map, __u32 key)
{
	__u64 *count = bpf_map_lookup_elem(map, &key);

	if (count)
		*count += 1;
	return 0;
}

static __always_inline int update(void *map)
{
	const __u32 key = get_key();
	const __u64 one = 1;

	return bpf_map_update_elem(map, &key, &one, BPF_ANY);
}

SEC("kprobe")
int empty(void *ctx)
{
	return 0;
}

SEC("kprobe")
int static_variable(void *ctx)
{
	total++;
	return 0;
}

SEC("kprobe")
int array_first(void *ctx)
{
	return count_in(&array_map, 0);
}

SEC("kprobe")
int percpu_array_first(void *ctx)
{
	return count_in(&percpu_array_map, 0);
}

SEC("kprobe")
int only_key(void *ctx)
{
	return get_key() == ~0U;
}

SEC("kprobe")
int array(void *ctx)
{
	return count_in(&array_map, get_key());
}

SEC("kprobe")
int percpu_array(void *ctx)
{
	return count_in(&percpu_array_map, get_key());
}

SEC("kprobe")
int hash(void *ctx)
{
	return count_in(&hash_map, get_key());
}

SEC("kprobe")
int array_update(void *ctx)
{
	return update(&array_map);
}

SEC("kprobe")
int hash_update(void *ctx)
{
	return update(&hash_map);
}

char _license[] SEC("license") = "GPL";
