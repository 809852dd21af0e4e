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

struct bpf_object;

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
/*
 * The program changes its packet, so that a test run gets a new one for each run.
 * What the kernel does around a run weighs more then: such rows have a base of
 * their own, with the same flag.
 */
#define BENCH_FRESH 8U

/* What a test run gives to a program. */
struct bench_packet {
	const void *data;
	__u32 len;
};

/**
 * struct bench_row - something that costs
 * @title: what it is
 * @rex: name of the Rex program that does it once; NULL: there is none
 * @bpf: name of its eBPF twin; NULL: there is none
 * @arg: what both find in their map "arg", if they have one
 * @flags: BENCH_*
 * @packet: what a test run gives to the programs; NULL: 64 bytes of 0
 * @verdict: what a test run of them has to return, which is checked
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
	const struct bench_packet *packet;
	int verdict;
};

/**
 * struct bench - a benchmark
 * @rex: the file of the extension
 * @bpf: that of the twins
 * @rows: its table
 * @row_cnt: how long that is
 * @prepare: gets each object when it is loaded, before its programs run. Returns
 *	0, or -1 after printing an error. NULL: there is nothing to do
 */
struct bench {
	const char *rex;
	const char *bpf;
	const struct bench_row *rows;
	size_t row_cnt;
	int (*prepare)(struct bpf_object *obj);
};

/* The main() of a benchmark. Returns the exit code. */
int bench_main(int argc, char *argv[], const struct bench *bench);

#endif
