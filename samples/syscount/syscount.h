/* SPDX-License-Identifier: GPL-2.0 */
/* What the loader of syscount and its extension share, and the parts of the loader. */
#ifndef SYSCOUNT_H
#define SYSCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <linux/types.h>

/* Numbers of system calls that are told apart; the last entry is for all others. */
#define CALLS 512
#define ENTRIES (CALLS + 1)

/* The extension's Wanted: what to count; 0 is everything. */
struct wanted {
	__s32 pid;
	__u32 failed;
	__s64 err;
	__u64 cgroup;
	__s32 cgroup_level;
	__u32 pad;
};

/* The extension's Counts, of one system call. */
struct counts {
	__u64 calls;
	__u64 errors;
	__u64 timed;
	__u64 ns;
};

enum column { BY_COUNT, BY_ERRORS, BY_TIME, BY_AVERAGE, BY_NAME };

/* What the user asks for; see usage() in options.c. */
struct options {
	struct wanted wanted;
	enum column sort;
	long interval; /* seconds between tables; 0: one at the end */
	long tables; /* how many; 0: no limit */
	long top; /* rows of a table */
	bool list;
};

/* Fills @options. Returns -1 to go on, or else the exit code of the program. */
int parse_options(int argc, char *argv[], struct options *options);

/*
 * Looks a control group up by its folder. Returns 0, with its id and its distance
 * from the root, or -1 after a message.
 */
int find_cgroup(const char *path, __u64 *id, __s32 *level);

/* The name of a system call, or NULL if this kernel has none with the number. */
const char *call_name(size_t call);

/* Prints the @options->top first of @counts, an array of ENTRIES. */
void print_table(const struct counts *counts, const struct options *options);

#endif
