// SPDX-License-Identifier: GPL-2.0
/* What the runtime costs: helper calls, what programs hold, and how they end. */
#include <linux/bpf.h>

#include "bench/bench.h"

#define EXE "./target/x86_64-unknown-none/release/bench"

static const struct bench_row rows[] = {
	{ .title = "empty program",
	  .rex = "empty",
	  .bpf = "empty",
	  .flags = BENCH_BASE },
	{ .title = "helper call", .rex = "helper", .bpf = "helper" },
	{ .title = "ring buffer, reserve and submit",
	  .rex = "ringbuf_submit",
	  .bpf = "ringbuf_submit" },
	{ .title = "ring buffer, reserve and discard",
	  .rex = "ringbuf_discard",
	  .bpf = "ringbuf_discard" },
	{ .title = "task, get and put a reference",
	  .rex = "task_reference",
	  .bpf = "task_reference" },
	{ .title = "empty XDP program, test run",
	  .bpf = "empty_xdp",
	  .flags = BENCH_BASE,
	  .verdict = XDP_PASS },
	{ .title = "spin lock, lock and unlock",
	  .rex = "spin_lock",
	  .bpf = "spin_lock",
	  .verdict = XDP_PASS },
	{ .title = "panic", .rex = "panic", .flags = BENCH_ENDS },
	{ .title = "return, from the last own act on",
	  .rex = "returns",
	  .flags = BENCH_AFTER | BENCH_BASE },
	{ .title = "kill, from the last own act on",
	  .rex = "runs_for_ever",
	  .flags = BENCH_AFTER | BENCH_ENDS },
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
