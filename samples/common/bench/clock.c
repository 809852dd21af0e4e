// SPDX-License-Identifier: GPL-2.0
/*
 * Time, and whether it counts instructions: in a machine that QEMU emulates
 * with -icount shift=0 the time stamp counter goes on by one with each
 * instruction, whatever the host does meanwhile.
 */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <x86intrin.h>

#include "clock.h"

/* Instructions of a round of the loop in timed_loop(). */
#define LOOP_INSTRUCTIONS 10

static bool counts_instructions;

static __u64 timed_loop(unsigned long rounds)
{
	__u64 start = __rdtsc();

	__asm__ volatile("1: .rept 8\n nop\n .endr\n dec %0\n jnz 1b"
			 : "+r"(rounds));
	return __rdtsc() - start;
}

/* The least of a few: an interrupt can come in between. */
static __u64 shortest_loop(unsigned long rounds)
{
	__u64 least = timed_loop(rounds);

	for (int i = 0; i < 20; i++) {
		__u64 time = timed_loop(rounds);

		if (time < least)
			least = time;
	}
	return least;
}

static int stay_on_this_cpu(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(sched_getcpu(), &set);
	if (!sched_setaffinity(0, sizeof(set), &set))
		return 0;
	perror("cannot stay on one CPU");
	return -1;
}

int clock_init(void)
{
	const unsigned long few = 100, many = 1100;

	if (stay_on_this_cpu())
		return -1;
	counts_instructions = shortest_loop(many) - shortest_loop(few) ==
			      (many - few) * LOOP_INSTRUCTIONS;
	return 0;
}

bool clock_counts_instructions(void)
{
	return counts_instructions;
}

__u64 clock_ktime(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

__u64 clock_now(void)
{
	return counts_instructions ? __rdtsc() : clock_ktime();
}

static int compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

double median(double *values, size_t cnt)
{
	qsort(values, cnt, sizeof(*values), compare);
	return (values[cnt / 2] + values[(cnt - 1) / 2]) / 2;
}
