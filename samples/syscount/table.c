// SPDX-License-Identifier: GPL-2.0
/* Sorts and prints what was counted. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "syscount.h"

#define NAME_MAX_LEN 32

struct row {
	char name[NAME_MAX_LEN];
	struct counts counts;
};

static double average_ns(const struct counts *counts)
{
	return counts->timed ? (double)counts->ns / counts->timed : 0;
}

static int order(double left, double right)
{
	return (left < right) - (left > right);
}

/* Largest first; @options says what is compared, and names decide a tie. */
static int compare(const void *a, const void *b, void *options)
{
	const struct row *left = a, *right = b;
	const struct counts *l = &left->counts, *r = &right->counts;
	int result = 0;

	switch (((const struct options *)options)->sort) {
	case BY_COUNT:
		result = order(l->calls, r->calls);
		break;
	case BY_ERRORS:
		result = order(l->errors, r->errors);
		break;
	case BY_TIME:
		result = order(l->ns, r->ns);
		break;
	case BY_AVERAGE:
		result = order(average_ns(l), average_ns(r));
		break;
	case BY_NAME:
		break;
	}
	return result ? result : strcmp(left->name, right->name);
}

static void name_row(struct row *row, size_t call)
{
	const char *name = call_name(call);

	if (name)
		snprintf(row->name, sizeof(row->name), "%s", name);
	else if (call < CALLS)
		snprintf(row->name, sizeof(row->name), "[%zu]", call);
	else
		snprintf(row->name, sizeof(row->name), "[others]");
}

static void print_row(const struct row *row)
{
	const struct counts *counts = &row->counts;

	printf("%-22s %10llu %10llu", row->name, counts->calls, counts->errors);
	if (counts->timed)
		printf(" %14.3f %14.3f\n", counts->ns / 1e6,
		       average_ns(counts) / 1e3);
	else
		printf(" %14s %14s\n", "-", "-");
}

void print_table(const struct counts *counts, const struct options *options)
{
	struct row rows[ENTRIES];
	size_t used = 0;

	for (size_t call = 0; call < ENTRIES; call++) {
		if (!counts[call].calls)
			continue;
		name_row(&rows[used], call);
		rows[used++].counts = counts[call];
	}
	qsort_r(rows, used, sizeof(*rows), compare, (void *)options);

	printf("%-22s %10s %10s %14s %14s\n", "SYSCALL", "COUNT", "ERRORS",
	       "TIME (ms)", "AVERAGE (us)");
	for (size_t row = 0; row < used && row < (size_t)options->top; row++)
		print_row(&rows[row]);
	fflush(stdout);
}
