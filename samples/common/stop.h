/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Ctrl-C ends a loader in order: it detaches and frees.
 *
 *	stop_on_signals();
 *	while (stop_wait(fd, 1000) >= 0)
 *		...
 */
#ifndef SAMPLES_STOP_H
#define SAMPLES_STOP_H

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <time.h>

static volatile sig_atomic_t stop_asked;

/* What was blocked before: in force only while stop_wait() waits. */
static sigset_t stop_open_mask;

static inline void stop_on_signal(int sig)
{
	(void)sig;
	stop_asked = 1;
}

/*
 * From now on SIGINT (Ctrl-C) and SIGTERM end stop_wait() and nothing else. They
 * come only while it waits; else one that arrives just before would be missed.
 */
static inline void stop_on_signals(void)
{
	struct sigaction action = { .sa_handler = stop_on_signal };
	sigset_t ends;

	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigprocmask(SIG_BLOCK, &ends, &stop_open_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

/*
 * Waits as poll(2) does; negative for @timeout_ms is no limit. Returns how many of
 * @fds are ready, 0 if the time is over, -1 if the user wants the end.
 */
static inline int stop_poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
	struct timespec limit = { .tv_sec = timeout_ms / 1000,
				  .tv_nsec = timeout_ms % 1000 * 1000000L };
	int ready = ppoll(fds, count, timeout_ms < 0 ? NULL : &limit,
			  &stop_open_mask);

	if (stop_asked)
		return -1;
	return ready < 0 ? 0 : ready;
}

/* The same for reading from one @fd. */
static inline int stop_wait(int fd, int timeout_ms)
{
	struct pollfd readable = { .fd = fd, .events = POLLIN };

	return stop_poll(&readable, 1, timeout_ms);
}

#endif
