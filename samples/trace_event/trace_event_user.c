// SPDX-License-Identifier: GPL-2.0
/*
 * Runs a command, dd unless another is given, and shows where it and all others
 * spend their time: the stacks in which an event hit them.
 *
 *	./trace_event_user -n 1 dd if=/dev/zero of=/dev/null count=200000
 *	trace_event_user: samples of the software clock
 *	...
 *	97 samples in 41 places
 *	     18 dd-84;0x7f22d5cf5b1d;entry_SYSCALL_64_after_hwframe;do_syscall_64;...
 *
 * The other events come from the CPU's performance counters. A machine without them,
 * such as most virtual ones, has only the clock.
 */
#include <err.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <librex.h>

#include "command.h"
#include "number.h"
#include "sampling.h"
#include "stop.h"
#include "trace_event.h"

#define EXE "./target/x86_64-unknown-none/release/trace_event"

/* Cache events are made of three numbers: see perf_event_open(2). */
#define L1D_READ_MISSES                                               \
	(PERF_COUNT_HW_CACHE_L1D | PERF_COUNT_HW_CACHE_OP_READ << 8 | \
	 PERF_COUNT_HW_CACHE_RESULT_MISS << 16)

/* Event 0xc0 of CPUs by Intel and AMD: instructions retired. */
#define RAW_INSTRUCTIONS 0xc0

/* How often to look whether the command has ended. */
#define LOOK_MS 50

static const struct event {
	const char *name, *what;
	__u32 type;
	__u64 config;
	__u64 period; /* events between samples; 0: so many that they are SAMPLE_HZ */
} events[] = {
	{ "clock", "the software clock", PERF_TYPE_SOFTWARE,
	  PERF_COUNT_SW_CPU_CLOCK, 0 },
	{ "cycles", "CPU cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES,
	  0 },
	{ "l1d", "read misses of the first data cache", PERF_TYPE_HW_CACHE,
	  L1D_READ_MISSES, 10000 },
	{ "raw", "raw event 0xc0, instructions", PERF_TYPE_RAW,
	  RAW_INSTRUCTIONS, 1000000 },
};

#define EVENTS (sizeof(events) / sizeof(*events))

struct options {
	const struct event *event; /* NULL: all that there are */
	long top;
	bool only_command;
	char *const *command;
};

static int attach(const struct bpf_program *prog, const struct event *event,
		  pid_t pid, struct attached *attached)
{
	struct perf_event_attr attr = {
		.type = event->type,
		.config = event->config,
		.freq = !event->period,
	};

	if (event->period)
		attr.sample_period = event->period;
	else
		attr.sample_freq = SAMPLE_HZ;
	return pid < 0 ? sample_event(prog, &attr, attached)
		       : sample_process(prog, &attr, pid, attached);
}

static bool has_no_such_event(int err)
{
	return err == -ENOENT || err == -EOPNOTSUPP || err == -EINVAL ||
	       err == -ENODEV;
}

/*
 * Attaches the program to the event, or to the clock if it was asked for and there
 * is none. Returns the event that it is, or NULL after a message.
 */
static const struct event *attach_event(const struct bpf_program *prog,
					const struct event *event, bool replace,
					pid_t pid, struct attached *attached)
{
	int err = attach(prog, event, pid, attached);

	if (!err)
		return event;
	detach_all(attached);
	if (!has_no_such_event(err) || event == &events[0]) {
		warnx("cannot sample %s: %s", event->what, strerror(-err));
		return NULL;
	}
	warnx("this machine has no counter for %s%s", event->what,
	      replace ? ": the software clock takes its place" : "");
	return replace ? attach_event(prog, &events[0], false, pid, attached)
		       : NULL;
}

/* Waits for the command's end; the user can end it before. Returns its exit code. */
static int wait_for_command(pid_t pid)
{
	while (!command_ended(pid))
		if (stop_wait(-1, LOOK_MS) < 0) {
			kill(pid, SIGTERM);
			break;
		}
	return command_wait(pid);
}

/* Samples an event while the command runs. Returns 0, or -1 if that can't be done. */
static int sample(struct bpf_object *bpf, const struct options *options,
		  const struct event *event)
{
	struct bpf_program *prog = bpf_object__next_program(bpf, NULL);
	struct attached attached = { 0 };
	int go, err = -1;
	pid_t pid = command_start(options->command, &go, NULL);

	if (pid < 0)
		return -1;
	event = attach_event(prog, event, options->event,
			     options->only_command ? pid : -1, &attached);
	if (event) {
		printf("trace_event_user: samples of %s\n", event->what);
		fflush(stdout);
		command_go(go);
		err = wait_for_command(pid) == COMMAND_NOT_FOUND ? -1 : 0;
	} else {
		close(go);
		command_wait(pid);
	}
	detach_all(&attached);
	if (event && show_stacks(bpf, options->top))
		err = -1;
	return err;
}

/* Returns 0 if at least one event could be sampled. */
static int sample_all(struct bpf_object *bpf, const struct options *options)
{
	int err = -1;

	for (size_t i = 0; i < EVENTS && !stop_asked; i++)
		if (!sample(bpf, options, &events[i]))
			err = 0;
	return err;
}

static int usage(const char *program)
{
	fprintf(stderr,
		"Usage: %s [-t] [-e EVENT] [-n LINES] [command [argument...]]\n"
		"\n"
		"Runs the command (dd) and shows the stacks in which an event hit.\n"
		"\n"
		"  -e EVENT    clock, cycles, l1d or raw; without it each of them in turn\n"
		"  -n LINES    so many stacks at most, the most frequent ones; default: 10\n"
		"  -t          only of the command, and what it starts; else of the whole machine\n",
		program);
	return 2;
}

static bool find_event(const char *name, const struct event **event)
{
	for (size_t i = 0; i < EVENTS; i++)
		if (!strcmp(events[i].name, name)) {
			*event = &events[i];
			return true;
		}
	return false;
}

static bool parse_options(int argc, char *argv[], struct options *options)
{
	int option;

	while ((option = getopt(argc, argv, "+te:n:")) != -1) {
		if (option == 't')
			options->only_command = true;
		else if (option == 'e' && find_event(optarg, &options->event))
			continue;
		else if (option == 'n' &&
			 parse_number(optarg, 1, INT_MAX, &options->top))
			continue;
		else
			return false;
	}
	if (optind < argc)
		options->command = argv + optind;
	return true;
}

int main(int argc, char *argv[])
{
	char *dd[] = { "dd", "if=/dev/zero", "of=/dev/null", "count=100000",
		       NULL };
	struct options options = { .top = 10, .command = dd };
	struct rex_object *obj;
	int err = -1;

	if (!parse_options(argc, argv, &options))
		return usage(argv[0]);
	obj = rex_object__open(EXE, NULL);
	if (obj && !rex_object__load(obj)) {
		struct bpf_object *bpf = rex_object__bpf_object(obj);

		stop_on_signals();
		err = options.event ? sample(bpf, &options, options.event)
				    : sample_all(bpf, &options);
	}
	rex_object__close(obj);
	return err ? 1 : 0;
}
