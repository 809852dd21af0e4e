// SPDX-License-Identifier: GPL-2.0
/*
 * Prints what it costs to get at a value in a map and in a static variable, and
 * to update a map, in Rex and in eBPF.
 */
#include "bench/bench.h"

#define EXE "./target/x86_64-unknown-none/release/map_bench"

/* The key. It is in the hash map from the first update on, which is checked first. */
#define KEY 77

static const struct bench_row rows[] = {
	{ .title = "empty program",
	  .rex = "empty",
	  .bpf = "empty",
	  .flags = BENCH_BASE },
	{ .title = "static variable, add 1",
	  .rex = "static_variable",
	  .bpf = "static_variable" },
	{ .title = "array, look up 0 and add 1",
	  .rex = "array_first",
	  .bpf = "array_first" },
	{ .title = "per-CPU array, look up 0 and add 1",
	  .rex = "percpu_array_first",
	  .bpf = "percpu_array_first" },
	{ .title = "key from an array",
	  .rex = "only_key",
	  .bpf = "only_key",
	  .arg = KEY,
	  .flags = BENCH_BASE },
	{ .title = "array, look up the key and add 1",
	  .rex = "array",
	  .bpf = "array",
	  .arg = KEY },
	{ .title = "per-CPU array, look up and add 1",
	  .rex = "percpu_array",
	  .bpf = "percpu_array",
	  .arg = KEY },
	{ .title = "array, update",
	  .rex = "array_update",
	  .bpf = "array_update",
	  .arg = KEY },
	{ .title = "hash map, update",
	  .rex = "hash_update",
	  .bpf = "hash_update",
	  .arg = KEY },
	{ .title = "hash map, look up and add 1",
	  .rex = "hash",
	  .bpf = "hash",
	  .arg = KEY },
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
