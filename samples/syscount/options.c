// SPDX-License-Identifier: GPL-2.0
/* The command line. */
#include <err.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "number.h"
#include "syscount.h"

#define ERRNO_MAX 4095
#define BAD_OPTION 2

static const char *const columns[] = {
	[BY_COUNT] = "count",	  [BY_ERRORS] = "errors", [BY_TIME] = "time",
	[BY_AVERAGE] = "average", [BY_NAME] = "name",
};

static void usage(FILE *to)
{
	fprintf(to,
		"Usage: syscount [-x] [-p PID] [-c CGROUP] [-e ERRNO] [-i SECONDS] [-n TABLES]\n"
		"                [-t ROWS] [-s COLUMN]\n"
		"       syscount -l | -h\n"
		"\n"
		"Counts system calls until Ctrl-C: how many of each, how many of them failed, and\n"
		"how long they took, in all and each.\n"
		"\n"
		"  -p PID      of this process only; ends when it ends\n"
		"  -c CGROUP   of processes in this control group and those below it only, given\n"
		"              by its folder, /sys/fs/cgroup/...\n"
		"  -x          only calls that failed\n"
		"  -e ERRNO    only calls that failed with this error, ENOENT or 2 say\n"
		"  -i SECONDS  a table every so many seconds, of the calls since the last one\n"
		"  -n TABLES   end after so many; needs -i\n"
		"  -t ROWS     so many rows at most, the first ones; default: 10\n"
		"  -s COLUMN   sort by count (default), errors, time, average or name\n"
		"  -l          list the system calls that have a name here\n"
		"  -h          this text\n");
}

/* Whether an argument is a whole number of at least 1; a message if it is not. */
static bool parse_positive(char option, const char *text, long *number)
{
	if (parse_number(text, 1, INT_MAX, number))
		return true;
	warnx("-%c takes a whole number of at least 1, not '%s'", option, text);
	return false;
}

/* An error by its number or its name. */
static bool parse_error(const char *text, __s64 *number)
{
	long value;

	if (parse_number(text, 1, ERRNO_MAX, &value)) {
		*number = value;
		return true;
	}
	for (int error = 1; error <= ERRNO_MAX; error++) {
		const char *name = strerrorname_np(error);

		if (name && !strcmp(name, text)) {
			*number = error;
			return true;
		}
	}
	warnx("-e takes an error, such as ENOENT or 2, not '%s'", text);
	return false;
}

static bool parse_column(const char *text, enum column *column)
{
	for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++) {
		if (!strcmp(columns[i], text)) {
			*column = i;
			return true;
		}
	}
	warnx("-s takes count, errors, time, average or name, not '%s'", text);
	return false;
}

/* Takes one option. Returns whether it makes sense, after a message if not. */
static bool take(char option, struct options *options)
{
	struct wanted *wanted = &options->wanted;
	long number;

	switch (option) {
	case 'x':
		wanted->failed = 1;
		return true;
	case 'e':
		return parse_error(optarg, &wanted->err);
	case 'p':
		if (!parse_positive(option, optarg, &number))
			return false;
		wanted->pid = number;
		return true;
	case 'c':
		return !find_cgroup(optarg, &wanted->cgroup,
				    &wanted->cgroup_level);
	case 'i':
		return parse_positive(option, optarg, &options->interval);
	case 'n':
		return parse_positive(option, optarg, &options->tables);
	case 't':
		return parse_positive(option, optarg, &options->top);
	case 's':
		return parse_column(optarg, &options->sort);
	case 'l':
		options->list = true;
		return true;
	default: /* getopt() has said what is wrong. */
		return false;
	}
}

int parse_options(int argc, char *argv[], struct options *options)
{
	int option;

	*options = (struct options){ .top = 10 };
	while ((option = getopt(argc, argv, "i:t:c:n:s:e:lp:xh")) != -1) {
		if (option == 'h') {
			usage(stdout);
			return 0;
		}
		if (!take(option, options)) {
			fprintf(stderr, "Try 'syscount -h'.\n");
			return BAD_OPTION;
		}
	}
	if (optind < argc)
		warnx("'%s' is no option", argv[optind]);
	else if (options->tables && !options->interval)
		warnx("-n needs -i: without it there is one table");
	else
		return -1;
	fprintf(stderr, "Try 'syscount -h'.\n");
	return BAD_OPTION;
}
