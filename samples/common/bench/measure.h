/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SAMPLES_BENCH_MEASURE_H
#define SAMPLES_BENCH_MEASURE_H

#include <stdbool.h>

#include "bench.h"
#include "side.h"

enum { SIDE_REX, SIDE_BPF, SIDE_CNT };

/* How often things are done; the more the steadier. */
struct effort {
	int copies; /* of the objects */
	int hits; /* in a row, which are timed as one */
	int batches; /* of hits, of which the median is taken */
	int rounds; /* in which both sides are measured in turn */
};

/*
 * What a row's programs take for one run, in units of the clock: @costs has NAN
 * where a side has no program. Returns 0, or -1 after printing an error.
 */
int measure_row(const struct bench_row *row, struct side *const *sides,
		const struct effort *effort, double *costs);

/* Makes what measures return early, with an error; for signal handlers. */
void measure_stop(int sig);

/*
 * Runs the programs of all rows once and sees to it that they did run. Returns
 * 0, or -1 after printing an error.
 */
int measure_check(const struct bench_row *rows, size_t row_cnt,
		  struct side *const *sides, int copies);

#endif
