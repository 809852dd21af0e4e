/* SPDX-License-Identifier: GPL-2.0 */
/* Shows what extensions print: rex_printk! writes to the kernel's trace. */
#ifndef SAMPLES_TRACE_PIPE_H
#define SAMPLES_TRACE_PIPE_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#define TRACE_PIPE "/sys/kernel/tracing/trace_pipe"

static volatile sig_atomic_t trace_pipe_ended;

static inline void trace_pipe_on_signal(int sig)
{
	(void)sig;
	trace_pipe_ended = 1;
}

/*
 * Copies the trace to stdout until SIGINT (Ctrl-C) or SIGTERM comes, so that
 * the caller can detach in order. Returns 0, or -1 after printing an error.
 *
 * Signals only come while ppoll() waits; else one that arrives just before
 * would leave us waiting.
 */
static inline int trace_pipe_follow(void)
{
	struct sigaction action = { .sa_handler = trace_pipe_on_signal };
	struct pollfd trace = { .events = POLLIN };
	sigset_t ends, before;
	char buf[4096];
	ssize_t len;
	int err = 0;

	trace.fd = open(TRACE_PIPE, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (trace.fd < 0) {
		perror("cannot open " TRACE_PIPE
		       " (is tracefs mounted, and are you root?)");
		return -1;
	}
	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigprocmask(SIG_BLOCK, &ends, &before);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);

	printf("loader: attached; the trace follows, Ctrl-C ends it\n");
	fflush(stdout);
	while (!trace_pipe_ended && !err) {
		if (ppoll(&trace, 1, NULL, &before) < 0)
			continue;
		len = read(trace.fd, buf, sizeof(buf));
		if (len < 0 && errno != EAGAIN && errno != EINTR) {
			perror("cannot read " TRACE_PIPE);
			err = -1;
		}
		if (len > 0) {
			fwrite(buf, 1, len, stdout);
			fflush(stdout);
		}
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(trace.fd);
	return err;
}

#endif
