// SPDX-License-Identifier: GPL-2.0
#include <err.h>
#include <stdio.h>
#include <stdlib.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "stats.h"

/* In the order of the extension's `Count`. */
static const char *const names[] = {
	"gets", "hits", "misses", "fills", "writes", "flushes", "no_room",
};

#define COUNTS (sizeof(names) / sizeof(*names))

/* Of all CPUs. Returns 0, or -1 after a message. */
static int stats_read(int map, __u64 *counts)
{
	const int cpus = libbpf_num_possible_cpus();
	__u64 *values;
	int err = 0;

	values = cpus > 0 ? calloc(cpus, sizeof(*values)) : NULL;
	if (!values) {
		warnx("no memory for the counters");
		return -1;
	}
	for (__u32 i = 0; i < COUNTS && !err; i++) {
		counts[i] = 0;
		err = bpf_map_lookup_elem(map, &i, values);
		if (err)
			warn("cannot read the map 'STATS'");
		for (int cpu = 0; cpu < cpus && !err; cpu++)
			counts[i] += values[cpu];
	}
	free(values);
	return err ? -1 : 0;
}

void stats_write(int map, const char *path)
{
	__u64 counts[COUNTS];
	FILE *file;
	int err;

	if (stats_read(map, counts))
		return;
	file = fopen(path, "we");
	if (!file) {
		warn("cannot write %s", path);
		return;
	}
	for (size_t i = 0; i < COUNTS; i++)
		fprintf(file, "%s %llu\n", names[i], counts[i]);
	err = ferror(file);
	if (fclose(file) || err)
		warn("cannot write %s", path);
}
