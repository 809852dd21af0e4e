/* SPDX-License-Identifier: GPL-2.0 */
/* That what was measured is what the row says. */
#ifndef SAMPLES_BENCH_RAN_H
#define SAMPLES_BENCH_RAN_H

#include <linux/types.h>
#include <stdbool.h>

/* What the kernel counted of a program. */
struct ran {
	__u64 runs; /* only while BPF_STATS_RUN_TIME is on */
	__u64 misses;
	__u64 ends; /* of a Rex program, by a panic, a fault or a timeout */
	__u64 leaks;
};

/* Returns 0, or -1 after printing an error. */
int ran_read(int prog_fd, struct ran *ran);

#endif
