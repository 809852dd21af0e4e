// SPDX-License-Identifier: GPL-2.0
/* The main program of a benchmark: its options, and the table it prints. */
#include <math.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "clock.h"
#include "hook.h"
#include "measure.h"
#include "side.h"

/* Instructions are always the same; times are not. Attaching takes longest. */
static const struct effort for_instructions = {
	.copies = 8, .hits = 8, .batches = 31, .rounds = 1
};
static const struct effort for_time = {
	.copies = 8, .hits = 60, .batches = 15, .rounds = 3
};
static const struct effort quick = {
	.copies = 2, .hits = 10, .batches = 3, .rounds = 1
};

static const char *number(char *buf, size_t size, double value)
{
	if (isnan(value))
		return "-";
	snprintf(buf, size, "%.*f", clock_counts_instructions() ? 0 : 1, value);
	return buf;
}

static void print_head(bool tabs)
{
	const char *unit = clock_counts_instructions() ? "instructions" : "ns";

	if (tabs) {
		printf("# %s\n", unit);
		return;
	}
	printf("%s of one run of the program; behind it what it takes more than the base\n\n",
	       unit);
	printf("%-36s %9s %9s %9s %9s %9s\n", "", "Rex", "eBPF", "Rex/eBPF",
	       "Rex", "eBPF");
	fflush(stdout);
}

static void print_row(bool tabs, const struct bench_row *row,
		      const double *costs, const double *bases)
{
	const double ratio = costs[SIDE_REX] / costs[SIDE_BPF];
	char text[4][32], quotient[32] = "-";
	const char *cells[4];

	for (int i = 0; i < SIDE_CNT; i++) {
		cells[i] = number(text[i], sizeof(text[i]), costs[i]);
		cells[2 + i] = number(text[2 + i], sizeof(text[2 + i]),
				      costs[i] - bases[i]);
	}
	if (!isnan(ratio))
		snprintf(quotient, sizeof(quotient), "%.2f", ratio);
	if (tabs)
		printf("%s\t%s\t%s\t%s\t%s\n", row->title, cells[0], cells[1],
		       cells[2], cells[3]);
	else
		printf("%-36s %9s %9s %9s %9s %9s\n", row->title, cells[0],
		       cells[1], quotient, cells[2], cells[3]);
	fflush(stdout);
}

static int run_rows(const struct bench *bench, struct side *const *sides,
		    const struct effort *effort, bool tabs)
{
	double bases[SIDE_CNT] = { NAN, NAN };

	if (measure_check(bench->rows, bench->row_cnt, sides, effort->copies))
		return -1;
	print_head(tabs);
	for (size_t n = 0; n < bench->row_cnt; n++) {
		const struct bench_row *row = &bench->rows[n];
		const double none[SIDE_CNT] = { NAN, NAN };
		bool base = row->flags & BENCH_BASE;
		double costs[SIDE_CNT];

		if (measure_row(row, sides, effort, costs))
			return -1;
		print_row(tabs, row, costs, base ? none : bases);
		for (int i = 0; base && i < SIDE_CNT; i++)
			if (!isnan(costs[i]))
				bases[i] = costs[i];
	}
	return 0;
}

static int usage(const char *name)
{
	fprintf(stderr,
		"Usage: %s [-q] [-t]\n"
		"\n"
		"Prints what Rex programs and their twins in eBPF take.\n"
		"  -q  quick: fewer repeats, rough numbers\n"
		"  -t  columns with tabs between, for programs to read\n",
		name);
	return 2;
}

int bench_main(int argc, char *argv[], const struct bench *bench)
{
	const struct sigaction stop = { .sa_handler = measure_stop };
	struct side *sides[SIDE_CNT] = { NULL };
	const struct effort *effort = NULL;
	bool tabs = false;
	int option, err = 1;

	while ((option = getopt(argc, argv, "qt")) != -1) {
		if (option == 'q')
			effort = &quick;
		else if (option == 't')
			tabs = true;
		else
			return usage(argv[0]);
	}
	if (optind < argc)
		return usage(argv[0]);

	/* Ctrl-C detaches in order. */
	sigaction(SIGINT, &stop, NULL);
	sigaction(SIGTERM, &stop, NULL);
	if (clock_init())
		return 1;
	if (!effort)
		effort = clock_counts_instructions() ? &for_instructions
						     : &for_time;
	sides[SIDE_REX] = side_open_rex(bench, effort->copies);
	if (sides[SIDE_REX])
		sides[SIDE_BPF] = side_open_bpf(bench, effort->copies);
	if (sides[SIDE_BPF])
		err = run_rows(bench, sides, effort, tabs) ? 1 : 0;
	hook_close_all();
	side_close(sides[SIDE_BPF]);
	side_close(sides[SIDE_REX]);
	return err;
}
