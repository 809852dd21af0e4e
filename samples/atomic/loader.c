// SPDX-License-Identifier: GPL-2.0
/*
 * Prints what atomics cost, in Rex and in eBPF, and lets both count on all CPUs
 * at the same time: none of the hits is lost.
 */
#include <sched.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/bench.h"
#include "bench/hook.h"
#include "bench/side.h"

#define EXE "./target/x86_64-unknown-none/release/atomic"

#define HITS 2000

static const struct bench_row rows[] = {
	{ .title = "empty program",
	  .rex = "empty",
	  .bpf = "empty",
	  .flags = BENCH_BASE },
	{ .title = "load", .rex = "load", .bpf = "load" },
	{ .title = "store", .rex = "store", .bpf = "store" },
	{ .title = "add", .rex = "add", .bpf = "add" },
	{ .title = "add, with the old value",
	  .rex = "add_and_get",
	  .bpf = "add_and_get" },
	{ .title = "compare and exchange",
	  .rex = "compare_exchange",
	  .bpf = "compare_exchange" },
};

static const struct bench bench = {
	.rex = EXE,
	.bpf = "twin.bpf.o",
	.rows = rows,
	.row_cnt = sizeof(rows) / sizeof(*rows),
};

/* Runs a program of a side, by so many hits on each CPU at once. */
static int run_on_all_cpus(const struct side *side, const char *name, int hits)
{
	struct hook *hook = hook_open(BPF_PROG_TYPE_KPROBE);
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	int fd, status, err;

	if (!hook || side_programs(side, name, &fd) < 0)
		return -1;
	err = hook_attach(hook, NULL, &fd, 1);
	for (long cpu = 0; !err && cpu < cpus; cpu++) {
		cpu_set_t set;

		if (fork())
			continue;
		CPU_ZERO(&set);
		CPU_SET(cpu, &set);
		if (sched_setaffinity(0, sizeof(set), &set))
			_exit(1);
		hook_time(hook, hits);
		_exit(0);
	}
	while (wait(&status) > 0)
		if (status)
			err = -1;
	hook_detach(hook);
	return err;
}

static int count(const char *name, struct side *side)
{
	__u64 hits = HITS * sysconf(_SC_NPROCESSORS_ONLN), counted = 0;
	int err = -1;

	if (side && !run_on_all_cpus(side, "add", HITS) &&
	    !run_on_all_cpus(side, "total", 1)) {
		counted = side_value(side, "count");
		printf("%s counted %llu of %llu hits\n", name, counted, hits);
		err = counted == hits ? 0 : -1;
	}
	hook_close_all();
	side_close(side);
	return err;
}

int main(int argc, char *argv[])
{
	int err = bench_main(argc, argv, &bench);

	if (err)
		return err;
	printf("\n");
	if (count("Rex", side_open_rex(&bench, 1)) ||
	    count("eBPF", side_open_bpf(&bench, 1)))
		return 1;
	return 0;
}
