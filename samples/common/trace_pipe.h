/* SPDX-License-Identifier: GPL-2.0 */
/* Shows what extensions print: rex_printk! writes to the kernel's trace. */
#ifndef SAMPLES_TRACE_PIPE_H
#define SAMPLES_TRACE_PIPE_H

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "stop.h"

#define TRACE_PIPE "/sys/kernel/tracing/trace_pipe"

/* Opens the trace for trace_pipe_copy(). Returns its fd, or -1 after a message. */
static inline int trace_pipe_open(void)
{
	int fd = open(TRACE_PIPE, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0)
		return fd;
	if (errno == EBUSY)
		warnx("cannot open " TRACE_PIPE
		      ": %s: end what reads it, another loader perhaps",
		      strerror(errno));
	else
		warn("cannot open " TRACE_PIPE
		     " (is tracefs mounted, and are you root?)");
	return -1;
}

/*
 * Copies what the trace has now to stdout. Returns how much that was, 0 if there
 * is nothing, or -1 after a message.
 */
static inline ssize_t trace_pipe_copy(int fd)
{
	char buf[4096];
	ssize_t len = read(fd, buf, sizeof(buf));

	if (len < 0) {
		if (errno == EAGAIN || errno == EINTR)
			return 0;
		warn("cannot read " TRACE_PIPE);
		return -1;
	}
	fwrite(buf, 1, len, stdout);
	fflush(stdout);
	return len;
}

/*
 * Copies the trace to stdout until SIGINT (Ctrl-C) or SIGTERM comes, so that
 * the caller can detach in order. Returns 0, or -1 after a message.
 */
static inline int trace_pipe_follow(void)
{
	int fd = trace_pipe_open();
	int err = 0;

	if (fd < 0)
		return -1;
	stop_on_signals();
	printf("loader: attached; the trace follows, Ctrl-C ends it\n");
	fflush(stdout);
	while (!err && stop_wait(fd, -1) >= 0)
		err = trace_pipe_copy(fd) < 0 ? -1 : 0;
	close(fd);
	return err;
}

#endif
