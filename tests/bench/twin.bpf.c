// SPDX-License-Identifier: GPL-2.0
/*
 * What src/main.rs does, in eBPF. Its programs at kprobes can't have locks, so
 * that one is an XDP program; nor references to tasks, so that one is at a
 * tracepoint.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct locked {
	struct bpf_spin_lock lock;
	__u32 count;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct locked);
} locked SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 16);
} records SEC(".maps");

/* A definition, since libbpf compares with the kernel's. */
struct task_struct {
	int pid;
} __attribute__((preserve_access_index));

struct task_struct *bpf_task_from_pid(__s32 pid) __ksym;
void bpf_task_release(struct task_struct *task) __ksym;

SEC("kprobe")
int empty(void *ctx)
{
	return 0;
}

SEC("xdp")
int empty_xdp(void *ctx)
{
	return XDP_PASS;
}

SEC("kprobe")
int helper(void *ctx)
{
	return bpf_get_numa_node_id() == 0x7fffffff;
}

SEC("xdp")
int spin_lock(void *ctx)
{
	const __u32 key = 0;
	struct locked *value = bpf_map_lookup_elem(&locked, &key);

	if (value) {
		bpf_spin_lock(&value->lock);
		value->count++;
		bpf_spin_unlock(&value->lock);
	}
	return XDP_PASS;
}

SEC("tracepoint")
int task_reference(void *ctx)
{
	struct task_struct *task = bpf_task_from_pid(1);

	if (!task)
		return 1;
	bpf_task_release(task);
	return 0;
}

SEC("kprobe")
int ringbuf_submit(void *ctx)
{
	__u64 *record = bpf_ringbuf_reserve(&records, sizeof(*record), 0);

	if (record) {
		*(__u8 *)record = 1;
		bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
	}
	return 0;
}

SEC("kprobe")
int ringbuf_discard(void *ctx)
{
	void *record = bpf_ringbuf_reserve(&records, 8, 0);

	if (record)
		bpf_ringbuf_discard(record, BPF_RB_NO_WAKEUP);
	return 0;
}

char _license[] SEC("license") = "GPL";
