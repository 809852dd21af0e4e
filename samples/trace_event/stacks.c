// SPDX-License-Identifier: GPL-2.0
/* Prints what was sampled: a line for each place, its stack's outermost function first. */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>

#include "trace_event.h"

/* COUNTS in the extension has as many. */
#define PLACES_MAX 4096

struct sampled {
	struct place place;
	__u64 count;
};

static int compare(const void *a, const void *b)
{
	const struct sampled *left = a, *right = b;

	return (left->count < right->count) - (left->count > right->count);
}

/* Adds up what each CPU has of a key. */
static int sum_of_cpus(int map, const void *key, __u64 *sum)
{
	int cpus = libbpf_num_possible_cpus();
	__u64 *values = calloc(cpus, sizeof(*values));
	int err = values ? bpf_map_lookup_elem(map, key, values) : -1;

	*sum = 0;
	for (int cpu = 0; cpu < cpus && !err; cpu++)
		*sum += values[cpu];
	free(values);
	return err;
}

/* Takes all counts out of the map. Returns how many, or -1 after a message. */
static int take_counts(int map, struct sampled *sampled)
{
	int count = 0;

	while (count < PLACES_MAX &&
	       !bpf_map_get_next_key(map, NULL, &sampled[count].place)) {
		if (sum_of_cpus(map, &sampled[count].place,
				&sampled[count].count) ||
		    bpf_map_delete_elem(map, &sampled[count].place)) {
			warn("cannot read COUNTS");
			return -1;
		}
		count++;
	}
	return count;
}

static void print_stack(int stacks, __s32 number, bool kernel)
{
	__u64 addresses[STACK_DEPTH] = { 0 };
	int depth = 0;

	if (number < 0) {
		/* EFAULT: the sample was not in there at all. */
		if (number != -EFAULT)
			printf(";[no %s stack: %s]", kernel ? "kernel" : "user",
			       strerror(-number));
		return;
	}
	if (bpf_map_lookup_elem(stacks, &number, addresses))
		return;
	while (depth < STACK_DEPTH && addresses[depth])
		depth++;
	while (depth--) {
		const char *name =
			kernel ? kernel_function(addresses[depth]) : NULL;

		if (name)
			printf(";%s", name);
		else
			printf(";%#llx", addresses[depth]);
	}
}

static void print_places(int stacks, const struct sampled *sampled, int count,
			 long top)
{
	__u64 total = 0;

	for (int i = 0; i < count; i++)
		total += sampled[i].count;
	printf("%llu samples in %d places\n", total, count);
	for (int i = 0; i < count && i < top; i++) {
		const struct place *place = &sampled[i].place;

		printf("%7llu %.*s-%d", sampled[i].count,
		       (int)sizeof(place->comm), place->comm, place->pid);
		print_stack(stacks, place->user_stack, false);
		print_stack(stacks, place->kernel_stack, true);
		printf("\n");
	}
	fflush(stdout);
}

/* Says how many samples had no room, and starts over. */
static void print_lost(int map)
{
	int cpus = libbpf_num_possible_cpus();
	__u64 lost, *none = calloc(cpus, sizeof(*none));
	__u32 index = 0;

	if (!sum_of_cpus(map, &index, &lost) && lost)
		printf("%llu samples are missing: they were in more than %d places\n",
		       lost, PLACES_MAX);
	if (none)
		bpf_map_update_elem(map, &index, none, BPF_ANY);
	free(none);
}

int show_stacks(struct bpf_object *bpf, long top)
{
	int stacks = bpf_object__find_map_fd_by_name(bpf, "STACKS");
	struct sampled *sampled = calloc(PLACES_MAX, sizeof(*sampled));
	__u32 number;
	int count;

	if (!sampled) {
		warn("samples");
		return -1;
	}
	count = take_counts(bpf_object__find_map_fd_by_name(bpf, "COUNTS"),
			    sampled);
	if (count >= 0) {
		qsort(sampled, count, sizeof(*sampled), compare);
		print_places(stacks, sampled, count, top);
		print_lost(bpf_object__find_map_fd_by_name(bpf, "LOST"));
	}
	while (!bpf_map_get_next_key(stacks, NULL, &number) &&
	       !bpf_map_delete_elem(stacks, &number))
		continue;
	free(sampled);
	return count < 0 ? -1 : 0;
}
