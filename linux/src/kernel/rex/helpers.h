/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Helpers of eBPF that Rex calls itself. BPF_CALL_x() makes each a function of
 * five u64, and no header of the kernel declares them.
 */
#ifndef _REX_HELPERS_H
#define _REX_HELPERS_H

#include <linux/types.h>

u64 bpf_ringbuf_reserve(u64 map, u64 size, u64 flags, u64 r4, u64 r5);
u64 bpf_ringbuf_submit(u64 sample, u64 flags, u64 r3, u64 r4, u64 r5);
u64 bpf_ringbuf_discard(u64 sample, u64 flags, u64 r3, u64 r4, u64 r5);

#endif /* _REX_HELPERS_H */
