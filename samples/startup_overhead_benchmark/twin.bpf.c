// SPDX-License-Identifier: GPL-2.0
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("kprobe")
int empty(void *ctx)
{
	return 0;
}

SEC("tracepoint")
int empty_tp(void *ctx)
{
	return 0;
}

char _license[] SEC("license") = "GPL";
