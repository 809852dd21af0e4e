// SPDX-License-Identifier: GPL-2.0
/*
 * The cost of a run: what a hit takes with the programs attached, less what it
 * takes without. Medians of batches leave out those that an interrupt came in.
 */
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "clock.h"
#include "hook.h"
#include "measure.h"
#include "ran.h"

#define SAMPLES_MAX 1024

/* A row's programs on one side. */
struct runner {
	const struct bench_row *row;
	struct side *side;
	struct hook *hook; /* NULL: there are none */
	int fds[HOOK_PROGS_MAX];
	int fd_cnt;
	int hits;
	int batches;
	int sample_cnt;
	double with[SAMPLES_MAX];
	double without[SAMPLES_MAX];
};

static volatile sig_atomic_t stopped;

void measure_stop(int sig)
{
	(void)sig;
	stopped = 1;
}

static int runner_init(struct runner *run, const struct bench_row *row,
		       struct side *side, int which, int copies)
{
	const char *name = which == SIDE_REX ? row->rex : row->bpf;
	int type;

	*run = (struct runner){ .row = row, .side = side };
	if (!name)
		return 0;
	type = side_programs(side, name, run->fds);
	if (type < 0 || side_set_arg(side, row->arg))
		return -1;
	run->hook = hook_open(type);
	if (!run->hook)
		return -1;
	run->fd_cnt = copies;
	if ((row->flags & BENCH_AFTER) || !hook_runs_all(run->hook))
		run->fd_cnt = 1;
	return 0;
}

/* A test run has no more than one program: it gets as many hits instead. */
static void runner_set_effort(struct runner *run, const struct effort *effort)
{
	run->hits = effort->hits * effort->copies / run->fd_cnt;
	run->batches = effort->batches;
	if (run->row->flags & BENCH_AFTER)
		run->hits = 1;
}

/* The time of a hit from the program's last own act on. */
static double time_after(struct runner *run)
{
	hook_time(run->hook, 1);
	return clock_ktime() - side_value(run->side, "stamp");
}

static double time_batch(struct runner *run)
{
	double time;

	side_drain(run->side);
	if (stopped)
		return -1;
	time = hook_time(run->hook, run->hits);
	return time < 0 ? -1 : time / run->hits;
}

/* Returns 0, or -1 after an error. */
static int runner_sample(struct runner *run, double *samples)
{
	for (int i = 0; i < run->batches; i++) {
		samples[i] = time_batch(run);
		if (samples[i] < 0)
			return -1;
	}
	return 0;
}

static int runner_sample_after(struct runner *run, double *samples)
{
	for (int i = 0; i < run->batches; i++)
		samples[i] = time_after(run);
	return stopped ? -1 : 0;
}

static int runner_round(struct runner *run)
{
	double *with = run->with + run->sample_cnt;
	double *without = run->without + run->sample_cnt;
	bool after = run->row->flags & BENCH_AFTER;
	int err;

	if (!run->hook || run->sample_cnt + run->batches > SAMPLES_MAX)
		return 0;
	if (!after && runner_sample(run, without))
		return -1;
	err = hook_attach(run->hook, run->row, run->fds, run->fd_cnt);
	if (!err)
		err = after ? runner_sample_after(run, with)
			    : runner_sample(run, with);
	hook_detach(run->hook);
	run->sample_cnt += run->batches;
	return err;
}

static double runner_cost(struct runner *run)
{
	if (!run->hook)
		return NAN;
	return (median(run->with, run->sample_cnt) -
		median(run->without, run->sample_cnt)) /
	       run->fd_cnt;
}

/* A program that was missed or that ended otherwise than its row says. */
static int runner_check_ends(const struct runner *run)
{
	bool ends = run->row->flags & BENCH_ENDS;

	for (int i = 0; i < run->fd_cnt; i++) {
		struct ran ran;

		if (ran_read(run->fds[i], &ran))
			return -1;
		if (!ran.misses && !ran.leaks && ends == !!ran.ends)
			continue;
		fprintf(stderr,
			"benchmark: '%s': %llu runs were missed, %llu ended by a panic, a fault or a timeout, %llu forgot to release something: see the kernel log\n",
			run->row->title, ran.misses, ran.ends, ran.leaks);
		return -1;
	}
	return 0;
}

int measure_row(const struct bench_row *row, struct side *const *sides,
		const struct effort *effort, double *costs)
{
	static struct runner runners[SIDE_CNT];
	int i, round;

	for (i = 0; i < SIDE_CNT; i++) {
		if (runner_init(&runners[i], row, sides[i], i, effort->copies))
			return -1;
		if (runners[i].hook)
			runner_set_effort(&runners[i], effort);
	}
	for (round = 0; round < effort->rounds; round++)
		for (i = 0; i < SIDE_CNT; i++)
			if (runner_round(&runners[i]))
				return -1;
	for (i = 0; i < SIDE_CNT; i++) {
		if (i == SIDE_REX && runners[i].hook &&
		    runner_check_ends(&runners[i]))
			return -1;
		costs[i] = runner_cost(&runners[i]);
	}
	return 0;
}

static int runner_check_runs(struct runner *run)
{
	int err = hook_attach(run->hook, run->row, run->fds, run->fd_cnt);

	if (!err && hook_time(run->hook, 1) < 0)
		err = -1;
	hook_detach(run->hook);
	for (int i = 0; i < run->fd_cnt && !err; i++) {
		struct ran ran;

		err = ran_read(run->fds[i], &ran);
		if (err || ran.runs)
			continue;
		fprintf(stderr,
			"benchmark: '%s': the hook does not run the program\n",
			run->row->title);
		err = -1;
	}
	return err;
}

int measure_check(const struct bench_row *rows, size_t row_cnt,
		  struct side *const *sides, int copies)
{
	static struct runner run;
	int stats, err = 0;

	stats = bpf_enable_stats(BPF_STATS_RUN_TIME);
	if (stats < 0) {
		perror("benchmark: cannot let the kernel count runs");
		return -1;
	}
	for (size_t i = 0; i < row_cnt * SIDE_CNT && !err && !stopped; i++) {
		int which = i % SIDE_CNT;

		err = runner_init(&run, &rows[i / SIDE_CNT], sides[which],
				  which, copies);
		if (!err && run.hook)
			err = runner_check_runs(&run);
	}
	close(stats);
	return err || stopped ? -1 : 0;
}
