// SPDX-License-Identifier: GPL-2.0
/*
 * Counts system calls, their errors and their time: `./syscount -h` says how.
 *
 *	./syscount -p 412 -t 2
 *	syscount: counting, Ctrl-C ends it
 *	SYSCALL                     COUNT     ERRORS      TIME (ms)   AVERAGE (us)
 *	read                          120          3         18.211        151.758
 *	openat                          4          1          0.102         25.500
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <librex.h>

#include "attach.h"
#include "stop.h"
#include "syscount.h"

#define EXE "./target/x86_64-unknown-none/release/syscount"

/* What a run needs; tables show what has been counted since the last one. */
struct run {
	const struct options *options;
	int map; /* fd of COUNTS */
	int process; /* pidfd of the one process that is counted, or -1 */
	struct counts last[ENTRIES];
};

static int list_calls(void)
{
	for (size_t call = 0; call < CALLS; call++)
		if (call_name(call))
			printf("%3zu: %s\n", call, call_name(call));
	return 0;
}

/* Returns a pidfd, or -1 after a message. */
static int open_process(pid_t pid)
{
	int fd = syscall(SYS_pidfd_open, pid, 0);

	if (fd >= 0)
		return fd;
	if (errno == ESRCH)
		warnx("there is no process %d", pid);
	else if (errno == EINVAL)
		warnx("%d is a thread: -p takes the pid of its process", pid);
	else
		warn("process %d", pid);
	return -1;
}

/* Adds the counts of all CPUs up. Returns 0, or -1 after a message. */
static int read_counts(int map, struct counts *totals)
{
	int cpus = libbpf_num_possible_cpus();
	struct counts *values = calloc(cpus, sizeof(*values));
	int err = values ? 0 : -1;

	memset(totals, 0, ENTRIES * sizeof(*totals));
	for (__u32 call = 0; call < ENTRIES && !err; call++) {
		err = bpf_map_lookup_elem(map, &call, values);
		for (int cpu = 0; cpu < cpus && !err; cpu++) {
			totals[call].calls += values[cpu].calls;
			totals[call].errors += values[cpu].errors;
			totals[call].timed += values[cpu].timed;
			totals[call].ns += values[cpu].ns;
		}
	}
	if (err)
		warn("cannot read the counts");
	free(values);
	return err;
}

/* Prints what was counted since the last table. Returns 0, or -1 after a message. */
static int show_table(struct run *run)
{
	struct counts now[ENTRIES], since[ENTRIES];

	if (read_counts(run->map, now))
		return -1;
	for (size_t call = 0; call < ENTRIES; call++) {
		since[call].calls = now[call].calls - run->last[call].calls;
		since[call].errors = now[call].errors - run->last[call].errors;
		since[call].timed = now[call].timed - run->last[call].timed;
		since[call].ns = now[call].ns - run->last[call].ns;
	}
	memcpy(run->last, now, sizeof(now));
	if (run->options->interval) {
		time_t clock = time(NULL);
		char text[16];

		strftime(text, sizeof(text), "%T", localtime(&clock));
		printf("[%s]\n", text);
	}
	print_table(since, run->options);
	return 0;
}

static long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/*
 * Waits until @until, for ever if it is negative. Returns false if that is the end:
 * the user wants it, or the process that is counted has ended.
 */
static bool wait_until(const struct run *run, long long until)
{
	struct pollfd process = { .fd = run->process, .events = POLLIN };
	long long left;

	do {
		left = until < 0 ? -1 : until - now_ms();
		if (until >= 0 && left <= 0)
			return true;
		/* At most an hour, which fits in an int. */
		if (left > 3600 * 1000)
			left = 3600 * 1000;
	} while (!stop_poll(&process, 1, left));
	return false;
}

/* Shows tables until the end. Returns 0, or -1 after a message. */
static int follow(struct run *run)
{
	const struct options *options = run->options;
	long long next = options->interval ? now_ms() : -1;
	long shown = 0;
	bool more;

	do {
		if (options->interval)
			next += options->interval * 1000LL;
		more = wait_until(run, next);
		if (show_table(run))
			return -1;
	} while (more && (!options->tables || ++shown < options->tables));
	return 0;
}

/* Tells the extension what to count. */
static int set_wanted(struct bpf_object *bpf, const struct wanted *wanted)
{
	__u32 index = 0;

	if (!bpf_map_update_elem(bpf_object__find_map_fd_by_name(bpf, "WANTED"),
				 &index, wanted, BPF_ANY))
		return 0;
	warn("cannot set WANTED");
	return -1;
}

static int count_calls(struct run *run, struct bpf_object *bpf)
{
	struct attached attached = { 0 };
	int err = -1;

	run->map = bpf_object__find_map_fd_by_name(bpf, "COUNTS");
	stop_on_signals();
	if (!set_wanted(bpf, &run->options->wanted) &&
	    !attach_all(bpf, &attached)) {
		fprintf(stderr, "syscount: counting, Ctrl-C ends it\n");
		err = follow(run);
	}
	detach_all(&attached);
	return err;
}

int main(int argc, char *argv[])
{
	struct options options;
	static struct run run = { .process = -1 };
	struct rex_object *obj;
	int err = parse_options(argc, argv, &options);

	if (err >= 0)
		return err;
	if (options.list)
		return list_calls();
	run.options = &options;
	if (options.wanted.pid) {
		run.process = open_process(options.wanted.pid);
		if (run.process < 0)
			return 1;
	}
	obj = rex_object__open(EXE, NULL);
	err = !obj || rex_object__load(obj) ||
	      count_calls(&run, rex_object__bpf_object(obj));
	rex_object__close(obj);
	if (run.process >= 0)
		close(run.process);
	return err ? 1 : 0;
}
