/* SPDX-License-Identifier: GPL-2.0 */
/* How programs are made to run. */
#ifndef SAMPLES_BENCH_HOOK_H
#define SAMPLES_BENCH_HOOK_H

#include <linux/bpf.h>
#include <linux/types.h>
#include <stdbool.h>

#include "bench.h"

/* Programs of one type and what runs them. */
struct hook;

/* The hook of a type of program; NULL after printing an error. */
struct hook *hook_open(enum bpf_prog_type type);

/* Frees all hooks. */
void hook_close_all(void);

/*
 * Lets the hook run programs, at most HOOK_PROGS_MAX. Of @row a test run takes the
 * packet and the verdict. Returns 0, or -1 after printing an error.
 */
#define HOOK_PROGS_MAX 32
int hook_attach(struct hook *hook, const struct bench_row *row,
		const int *prog_fds, int cnt);
void hook_detach(struct hook *hook);

/*
 * How long it takes to run what is attached @hits times, or -1 after printing an
 * error. Where nothing is attached it is what the hook itself takes; 0 for test
 * runs, whose loop counts as the program's.
 */
double hook_time(struct hook *hook, int hits);

/* Whether a hit runs all programs that are attached, or only the first. */
bool hook_runs_all(const struct hook *hook);

#endif
