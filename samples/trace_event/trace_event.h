/* SPDX-License-Identifier: GPL-2.0 */
/* What the loader of trace_event and its extension share, and the parts of the loader. */
#ifndef TRACE_EVENT_H
#define TRACE_EVENT_H

#include <linux/types.h>

#include <bpf/libbpf.h>

#define STACK_DEPTH 127

/* The extension's Place: where samples hit. */
struct place {
	__s32 pid;
	__s32 kernel_stack;
	__s32 user_stack;
	char comm[16];
};

/*
 * Prints the @top places with the most samples, and forgets all samples. Returns 0,
 * or -1 after a message.
 */
int show_stacks(struct bpf_object *bpf, long top);

/* The kernel's function at an address, or NULL. */
const char *kernel_function(__u64 address);

#endif
