// SPDX-License-Identifier: GPL-2.0
/*
 * Look-ups in arrays, which are code of the extension, find what user space
 * sees: the values up to the end, also of a map that the loader made larger,
 * each CPU's own in a per-CPU array, and nothing behind the end.
 */
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <librex.h>

#include "lib/check.h"

#define OBJECT "ext/arrays/target/x86_64-unknown-none/release/arrays"
#define DECLARED 3 /* as in ext/arrays/src/main.rs */
#define FD 99
#define CPUS_MAX 64

struct query {
	__u32 index;
	__u32 in_array;
	__u32 in_percpu;
	__u32 value[3];
};

static int array_fd, percpu_fd, query_fd;

static struct query ask(__u32 index)
{
	struct query query = { .index = index };
	const __u32 zero = 0;

	if (bpf_map_update_elem(query_fd, &zero, &query, BPF_ANY))
		die("can't ask");
	close(dup(FD));
	if (bpf_map_lookup_elem(query_fd, &zero, &query))
		die("no answer");
	return query;
}

/* Writes a value, lets the program see it and write, and reads it. */
static void check_value(__u32 index)
{
	const __u32 before[3] = { index, ~index, index * 7 };
	__u32 after[3] = { 0 };
	struct query query;

	if (bpf_map_update_elem(array_fd, &index, before, BPF_ANY))
		die("can't write value %u", index);
	query = ask(index);
	check(query.in_array && query.in_percpu,
	      "index %u is not found: %u, %u", index, query.in_array,
	      query.in_percpu);
	check(!memcmp(query.value, before, sizeof(before)),
	      "the program reads another value %u", index);
	bpf_map_lookup_elem(array_fd, &index, after);
	for (int i = 0; i < 3; i++)
		check(after[i] == before[i] + 1,
		      "number %d of value %u is %u after the program, was %u",
		      i, index, after[i], before[i]);
}

static void check_ends(__u32 entries)
{
	const __u32 behind[] = { entries,     entries + 1, 2 * entries,
				 4 * entries, 1U << 31,	   ~0U };

	for (__u32 index = 0; index < entries; index++)
		check_value(index);
	for (size_t i = 0; i < ARRAY_SIZE(behind); i++) {
		struct query query = ask(behind[i]);

		check(!query.in_array && !query.in_percpu,
		      "index %u of %u is found: %u, %u", behind[i], entries,
		      query.in_array, query.in_percpu);
	}
}

static void run_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die("can't run on CPU %d", cpu);
}

/* CPU n asks n + 1 times. */
static void check_cpus(__u32 index)
{
	int cpus = sysconf(_SC_NPROCESSORS_CONF);
	__u64 before[CPUS_MAX] = { 0 }, after[CPUS_MAX] = { 0 };

	if (cpus > CPUS_MAX)
		die("more than %d CPUs", CPUS_MAX);
	bpf_map_lookup_elem(percpu_fd, &index, before);
	for (int cpu = 0; cpu < cpus; cpu++) {
		run_on(cpu);
		for (int i = 0; i <= cpu; i++)
			ask(index);
	}
	bpf_map_lookup_elem(percpu_fd, &index, after);
	for (int cpu = 0; cpu < cpus; cpu++)
		check(after[cpu] - before[cpu] == (__u64)cpu + 1,
		      "CPU %d counted %llu, it ran %d times", cpu,
		      after[cpu] - before[cpu], cpu + 1);
}

static void check_with(__u32 entries)
{
	struct rex_object *obj = rex_object__open(OBJECT, NULL);
	struct bpf_object *bpf = rex_object__bpf_object(obj);
	struct bpf_link *link;

	if (!obj ||
	    bpf_map__set_max_entries(bpf_object__find_map_by_name(bpf, "array"),
				     entries) ||
	    bpf_map__set_max_entries(bpf_object__find_map_by_name(bpf,
								  "percpu"),
				     entries) ||
	    rex_object__load(obj))
		die("can't load " OBJECT);
	array_fd = bpf_object__find_map_fd_by_name(bpf, "array");
	percpu_fd = bpf_object__find_map_fd_by_name(bpf, "percpu");
	query_fd = bpf_object__find_map_fd_by_name(bpf, "query");
	link = bpf_program__attach(rex_object__program(obj, "look_up"));
	if (!link)
		die("can't attach look_up");
	check_ends(entries);
	check_cpus(entries - 1);
	bpf_link__destroy(link);
	rex_object__close(obj);
}

int main(void)
{
	if (dup2(STDIN_FILENO, FD) != FD)
		die("no descriptor %d", FD);
	check_with(1);
	check_with(DECLARED);
	check_with(100);
	return checks_failed > 0;
}
