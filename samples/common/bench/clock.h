/* SPDX-License-Identifier: GPL-2.0 */
/* What time is measured with. */
#ifndef SAMPLES_BENCH_CLOCK_H
#define SAMPLES_BENCH_CLOCK_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * Finds out what there is, and stays on one CPU from now on. Returns 0, or -1
 * after printing an error.
 */
int clock_init(void);

/* Whether a unit of time is an instruction; otherwise it is a nanosecond. */
bool clock_counts_instructions(void);

/* The time now. */
__u64 clock_now(void);

/* The same clock as a program's bpf_ktime_get_ns(), in nanoseconds. */
__u64 clock_ktime(void);

/* The median of values, which are put in order. */
double median(double *values, size_t cnt);

#endif
