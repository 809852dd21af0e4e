// SPDX-License-Identifier: GPL-2.0
/*
 * Prints what calls cost by their depth: a recursion in Rex beside eBPF's tail
 * calls, and beside calls of functions as deep as eBPF has them.
 */
#include <stdio.h>

#include "bench/bench.h"

#define EXE "./target/x86_64-unknown-none/release/recursive"

/* The kernel's MAX_TAIL_CALL_CNT, and MAX_CALL_FRAMES less the program's own. */
#define TAIL_CALLS 33
#define CALLS 7

#define ROWS (TAIL_CALLS + 1 + CALLS)

static char titles[ROWS][40];

static struct bench_row row(char *title, size_t size, int depth,
			    const char *bpf, const char *way)
{
	snprintf(title, size, "depth %d, eBPF %s", depth, way);
	return (struct bench_row){
		.title = title,
		.rex = "recurse",
		.bpf = bpf,
		.arg = depth,
		.flags = depth ? 0 : BENCH_BASE,
	};
}

int main(int argc, char *argv[])
{
	struct bench_row rows[ROWS];
	const struct bench bench = {
		.rex = EXE,
		.bpf = "twin.bpf.o",
		.rows = rows,
		.row_cnt = ROWS,
	};

	for (int i = 0; i <= TAIL_CALLS; i++)
		rows[i] = row(titles[i], sizeof(titles[i]), i, "tail_calls",
			      "tail calls");
	for (int i = TAIL_CALLS + 1; i < ROWS; i++)
		rows[i] = row(titles[i], sizeof(titles[i]), i - TAIL_CALLS,
			      "calls", "function calls");
	return bench_main(argc, argv, &bench);
}
