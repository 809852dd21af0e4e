/* SPDX-License-Identifier: GPL-2.0 */
/* Attaches perf_event programs: to an event, on every CPU. */
#ifndef SAMPLES_SAMPLING_H
#define SAMPLES_SAMPLING_H

#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "attach.h"

/* Of the clock, a second and CPU: no power of ten, to not run in step with others. */
#define SAMPLE_HZ 99

/* Opens an event and attaches a program to it. Returns 0, or -errno. */
static inline int sample_at(const struct bpf_program *prog,
			    struct perf_event_attr *attr, pid_t pid, int cpu,
			    struct attached *attached)
{
	struct bpf_link *link;
	int fd, err;

	if (attached->count == ATTACH_MAX)
		return -ENOSPC;
	attr->size = sizeof(*attr);
	fd = syscall(SYS_perf_event_open, attr, pid, cpu, -1,
		     PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		return -errno;
	link = bpf_program__attach_perf_event(prog, fd);
	if (!link) {
		err = -errno;
		close(fd);
		return err;
	}
	/* The event is the link's now. */
	attached->links[attached->count++] = link;
	return 0;
}

/*
 * Has a program run at each sample of an event, on every CPU. Returns 0, or -errno:
 * -ENOENT and -EOPNOTSUPP if this machine has no such event.
 */
static inline int sample_event(const struct bpf_program *prog,
			       struct perf_event_attr *attr,
			       struct attached *attached)
{
	int cpus = libbpf_num_possible_cpus();
	int err;

	for (int cpu = 0; cpu < cpus; cpu++) {
		err = sample_at(prog, attr, -1, cpu, attached);
		/* A CPU that is offline has no events. */
		if (err && err != -ENODEV)
			return err;
	}
	return 0;
}

/* The same for a process and those that it starts, wherever they run. */
static inline int sample_process(const struct bpf_program *prog,
				 struct perf_event_attr *attr, pid_t pid,
				 struct attached *attached)
{
	attr->inherit = 1;
	return sample_at(prog, attr, pid, -1, attached);
}

/* Has all programs run at the ticks of a software clock. Returns 0, or -1 after a message. */
static inline int sample_cpu_clock(struct bpf_object *obj,
				   struct attached *attached)
{
	struct perf_event_attr clock = {
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.freq = 1,
		.sample_freq = SAMPLE_HZ,
	};
	struct bpf_program *prog;
	int err;

	bpf_object__for_each_program(prog, obj)
	{
		err = sample_event(prog, &clock, attached);
		if (err) {
			warnx("cannot attach %s to the CPU clock: %s",
			      bpf_program__name(prog), strerror(-err));
			return -1;
		}
	}
	return 0;
}

#endif
