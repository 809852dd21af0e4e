/* SPDX-License-Identifier: GPL-2.0 */
/* The two sides of a benchmark: the extension, and its twins in eBPF. */
#ifndef SAMPLES_BENCH_SIDE_H
#define SAMPLES_BENCH_SIDE_H

#include <linux/bpf.h>
#include <linux/types.h>

#include "bench.h"

/*
 * An object, loaded several times: a hook runs a program once for each hit, and
 * the more programs a hit runs the less the hook itself weighs.
 */
struct side;

/* Returns NULL after printing an error. */
struct side *side_open_rex(const struct bench *bench, int copies);
struct side *side_open_bpf(const struct bench *bench, int copies);
void side_close(struct side *side);

/*
 * The program called @name in each copy: their descriptors in @fds. Returns its
 * type, or -1 after printing an error.
 */
int side_programs(const struct side *side, const char *name, int *fds);

/* Puts a number into the map "arg". Returns 0, or -1 after printing an error. */
int side_set_arg(const struct side *side, __u64 arg);

/* What the first copy has in its map called @map. */
__u64 side_value(const struct side *side, const char *map);

/* Consumes what is in the ring buffers "records". */
void side_drain(const struct side *side);

#endif
