// SPDX-License-Identifier: GPL-2.0
/*
 * Two ways to run programs: by a perf event on a system call, which runs all
 * programs attached to it, and by BPF_PROG_TEST_RUN.
 *
 * A perf event always has a program here that does nothing, so that the way to
 * the programs is the same with and without those that are measured. It differs
 * by no more than the loop over them.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "clock.h"
#include "hook.h"

/* A system call that does next to nothing and that nobody else makes. */
#define SYSCALL __NR_sched_get_priority_max
#define SYSCALL_NAME "sched_get_priority_max"

/* Test runs for a hit: the kernel tells their mean time in whole units. */
#define TEST_RUNS 16

#define TRACING "/sys/kernel/tracing/"

/* A packet for programs that don't care. */
static const unsigned char zeros[64];
static const struct bench_packet empty_packet = { zeros, sizeof(zeros) };

struct hook {
	enum bpf_prog_type type;
	bool open;
	/* the perf event's number in tracefs; 0: programs are run by test runs */
	__u64 event;
	/* the perf events: the first with the program that does nothing */
	int fds[1 + HOOK_PROGS_MAX];
	int fd_cnt;
	/* the program that BPF_PROG_TEST_RUN runs, or -1, and what for */
	int test_prog;
	const struct bench_row *row;
};

static struct hook hooks[] = {
	{ .type = BPF_PROG_TYPE_KPROBE },
	{ .type = BPF_PROG_TYPE_TRACEPOINT },
	{ .type = BPF_PROG_TYPE_XDP },
	{ .type = BPF_PROG_TYPE_SCHED_CLS },
};

#define HOOK_CNT (sizeof(hooks) / sizeof(*hooks))

static char kprobe[64];

static int fail(const char *what)
{
	fprintf(stderr, "benchmark: %s: %s\n", what, strerror(errno));
	return -1;
}

static int write_line(const char *path, const char *line)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	int err = 0;

	if (fd < 0 || write(fd, line, strlen(line)) < 0)
		err = fail(path);
	if (fd >= 0)
		close(fd);
	return err;
}

/* The number of an event in tracefs; 0 after printing an error. */
static __u64 event_number(const char *name)
{
	char path[128];
	unsigned long long number = 0;
	FILE *file;

	snprintf(path, sizeof(path), TRACING "events/%s/id", name);
	file = fopen(path, "re");
	if (!file || fscanf(file, "%llu", &number) != 1)
		fail(path);
	if (file)
		fclose(file);
	return number;
}

static __u64 kprobe_create(void)
{
	char line[160];

	snprintf(kprobe, sizeof(kprobe), "rex_bench_%d/hit", getpid());
	snprintf(line, sizeof(line), "p:%s __x64_sys_" SYSCALL_NAME, kprobe);
	if (write_line(TRACING "kprobe_events", line)) {
		kprobe[0] = 0;
		return 0;
	}
	return event_number(kprobe);
}

static void kprobe_remove(void)
{
	char line[80];

	if (!kprobe[0])
		return;
	snprintf(line, sizeof(line), "-:%s", kprobe);
	write_line(TRACING "kprobe_events", line);
	kprobe[0] = 0;
}

/* Adds a perf event with a program. */
static int hook_add(struct hook *hook, int prog_fd)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_TRACEPOINT,
		.config = hook->event,
	};
	int fd;

	fd = syscall(SYS_perf_event_open, &attr, -1, sched_getcpu(), -1,
		     PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		return fail("cannot open a perf event");
	hook->fds[hook->fd_cnt++] = fd;
	if (ioctl(fd, PERF_EVENT_IOC_SET_BPF, prog_fd))
		return fail("cannot attach a program to a perf event");
	return 0;
}

/* The program that does nothing: as short as eBPF can say it. */
static int hook_add_empty(struct hook *hook)
{
	static const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	struct bpf_prog_info info = { 0 };
	__u32 len = sizeof(info);
	int fd, err;

	fd = bpf_prog_load(hook->type, "empty", "GPL", insns, 2, NULL);
	if (fd < 0)
		return fail("cannot load an eBPF program");
	err = bpf_obj_get_info_by_fd(fd, &info, &len);
	if (err)
		fail("cannot ask about an eBPF program");
	else if (!info.jited_prog_len)
		err = fprintf(stderr,
			      "benchmark: the BPF JIT is off: sysctl net.core.bpf_jit_enable=1\n");
	else
		err = hook_add(hook, fd);
	close(fd);
	return err ? -1 : 0;
}

static int hook_init(struct hook *hook)
{
	hook->open = true;
	hook->test_prog = -1;
	switch (hook->type) {
	case BPF_PROG_TYPE_KPROBE:
		hook->event = kprobe_create();
		break;
	case BPF_PROG_TYPE_TRACEPOINT:
		hook->event = event_number("syscalls/sys_enter_" SYSCALL_NAME);
		break;
	default:
		return 0;
	}
	return hook->event ? hook_add_empty(hook) : -1;
}

struct hook *hook_open(enum bpf_prog_type type)
{
	for (size_t i = 0; i < HOOK_CNT; i++) {
		struct hook *hook = &hooks[i];

		if (hook->type != type)
			continue;
		return hook->open || !hook_init(hook) ? hook : NULL;
	}
	fprintf(stderr, "benchmark: no way to run programs of type %d\n", type);
	return NULL;
}

static void hook_keep_fds(struct hook *hook, int cnt)
{
	while (hook->fd_cnt > cnt)
		close(hook->fds[--hook->fd_cnt]);
}

void hook_close_all(void)
{
	for (size_t i = 0; i < HOOK_CNT; i++) {
		hook_keep_fds(&hooks[i], 0);
		hooks[i].open = false;
	}
	kprobe_remove();
}

int hook_attach(struct hook *hook, const struct bench_row *row,
		const int *prog_fds, int cnt)
{
	if (!hook->event) {
		hook->test_prog = prog_fds[0];
		hook->row = row;
		return 0;
	}
	for (int i = 0; i < cnt; i++)
		if (hook_add(hook, prog_fds[i]))
			return -1;
	return 0;
}

void hook_detach(struct hook *hook)
{
	hook->test_prog = -1;
	if (hook->event)
		hook_keep_fds(hook, 1);
}

static double event_time(int hits)
{
	__u64 start = clock_now();

	for (int i = 0; i < hits; i++)
		syscall(SYSCALL, 0);
	return clock_now() - start;
}

/*
 * The mean time of runs with one packet, or -1. The kernel takes the time itself,
 * without what is around the runs.
 */
static double test_run(int prog_fd, const struct bench_row *row, int runs)
{
	const struct bench_packet *packet = row->packet ?: &empty_packet;
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet->data,
		    .data_size_in = packet->len, .repeat = runs);

	if (bpf_prog_test_run_opts(prog_fd, &opts))
		return fail("BPF_PROG_TEST_RUN");
	if ((int)opts.retval == row->verdict)
		return opts.duration;
	fprintf(stderr, "benchmark: '%s': the verdict is %d and not %d\n",
		row->title, (int)opts.retval, row->verdict);
	return -1;
}

static double test_time(int prog_fd, const struct bench_row *row, int hits)
{
	double sum = 0;

	if (prog_fd < 0)
		return 0;
	if (!(row->flags & BENCH_FRESH)) {
		double mean = test_run(prog_fd, row, hits * TEST_RUNS);

		return mean < 0 ? -1 : mean * hits;
	}
	for (int i = 0; i < hits; i++) {
		double time = test_run(prog_fd, row, 1);

		if (time < 0)
			return -1;
		sum += time;
	}
	return sum;
}

double hook_time(struct hook *hook, int hits)
{
	if (hook->event)
		return event_time(hits);
	return test_time(hook->test_prog, hook->row, hits);
}

bool hook_runs_all(const struct hook *hook)
{
	return hook->event;
}
