// SPDX-License-Identifier: GPL-2.0
/* Names for addresses in the kernel, from /proc/kallsyms. */
#include <err.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace_event.h"

#define KALLSYMS "/proc/kallsyms"

struct function {
	uint64_t start;
	char *name;
};

static struct function *functions;
static size_t count;

static int compare(const void *a, const void *b)
{
	const struct function *left = a, *right = b;

	return (left->start > right->start) - (left->start < right->start);
}

static bool add(uint64_t start, const char *name)
{
	static size_t room;

	if (count == room) {
		size_t more = room ? 2 * room : 1 << 16;
		struct function *larger =
			realloc(functions, more * sizeof(*functions));

		if (!larger)
			return false;
		functions = larger;
		room = more;
	}
	functions[count].start = start;
	functions[count].name = strdup(name);
	return functions[count].name && ++count;
}

/* Reads all functions once; without them addresses are shown. */
static void read_functions(void)
{
	FILE *file = fopen(KALLSYMS, "re");
	char line[512], name[256], type;
	uint64_t start;

	if (!file) {
		warn(KALLSYMS);
		return;
	}
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%" SCNx64 " %c %255s", &start, &type, name) !=
		    3)
			continue;
		if (start && strchr("tTwW", type) && !add(start, name)) {
			warn(KALLSYMS);
			break;
		}
	}
	fclose(file);
	if (count)
		qsort(functions, count, sizeof(*functions), compare);
}

const char *kernel_function(__u64 address)
{
	static bool read;
	size_t low = 0, high;

	if (!read) {
		read_functions();
		read = true;
	}
	/* The last that starts at or before the address is in [low, high). */
	for (high = count; high - low > 1;) {
		size_t middle = low + (high - low) / 2;

		if (functions[middle].start <= address)
			low = middle;
		else
			high = middle;
	}
	return count && functions[low].start <= address ? functions[low].name
							: NULL;
}
