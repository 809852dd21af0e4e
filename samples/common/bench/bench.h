/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Costs of Rex programs and of their eBPF twins, measured side by side.
 *
 * A benchmark is a table of rows, and bench_main() with it. Beside it are the
 * extension, which cargo builds, and the twins, in twin.bpf.c. `make bench`
 * runs all of them; docs/benchmarks.md says what is measured.
 */
#ifndef SAMPLES_BENCH_H
#define SAMPLES_BENCH_H

#include <linux/types.h>
#include <stddef.h>

/* The rows below, up to the next base, are also shown less this one. */
#define BENCH_BASE 1U
/* Each run of the Rex program ends by a panic, a fault or a timeout. */
#define BENCH_ENDS 2U
/*
 * Only what comes after the program's last own act counts: it has put
 * bpf_ktime_get_ns() into its map "stamp". Another row with such programs that
 * return is the base.
 */
#define BENCH_AFTER 4U

/**
 * struct bench_row - something that costs
 * @title: what it is
 * @rex: name of the Rex program that does it once; NULL: there is none
 * @bpf: name of its eBPF twin; NULL: there is none
 * @arg: what both find in their map "arg", if they have one
 * @flags: BENCH_*
 *
 * The type of a program says how it is run: kprobe and tracepoint programs are
 * attached to a system call, XDP and tc ones are run by BPF_PROG_TEST_RUN.
 */
struct bench_row {
	const char *title;
	const char *rex;
	const char *bpf;
	__u64 arg;
	unsigned int flags;
};

/*
 * The main() of a benchmark. @rex and @bpf are the files of the objects,
 * @rows its table. Returns the exit code.
 */
int bench_main(int argc, char *argv[], const char *rex, const char *bpf,
	       const struct bench_row *rows, size_t row_cnt);

#endif
