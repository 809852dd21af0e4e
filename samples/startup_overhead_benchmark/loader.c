// SPDX-License-Identifier: GPL-2.0
/* Prints what it costs to run an empty program, in Rex and in eBPF. */
#include "bench/bench.h"

#define EXE "./target/x86_64-unknown-none/release/startup_overhead_benchmark"

static const struct bench_row rows[] = {
	{ .title = "empty program, kprobe", .rex = "empty", .bpf = "empty" },
	{ .title = "empty program, tracepoint",
	  .rex = "empty_tp",
	  .bpf = "empty_tp" },
};

int main(int argc, char *argv[])
{
	static const struct bench bench = {
		.rex = EXE,
		.bpf = "twin.bpf.o",
		.rows = rows,
		.row_cnt = sizeof(rows) / sizeof(*rows),
	};

	return bench_main(argc, argv, &bench);
}
