// SPDX-License-Identifier: GPL-2.0
#include <endian.h>
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "message.h"
#include "replica.h"
#include "stop.h"

/* After so long a PREPARE is sent again. */
#define RESEND_MS 100
/* Operations that a follower gets for one FETCH. */
#define FETCH_MAX 64

struct leader {
	const struct config *config;
	int socket;
	char **log; /* the first operation is log[1] */
	__u64 last; /* in the log */
	__u64 decided;
};

static void send_prepare(const struct leader *leader, __u64 op, int to,
			 int broadcast)
{
	const char *text = leader->log[op];

	message_send(leader->socket, leader->config, to, MESSAGE_PREPARE,
		     broadcast, op, text, strlen(text));
}

/* One message, which the extension has for all followers. */
static void broadcast(const struct leader *leader)
{
	const struct config *config = leader->config;
	int first = config->me == 0 ? 1 : 0;

	send_prepare(leader, leader->last, first, 1);
}

static int append(struct leader *leader, const char *line)
{
	char **log = realloc(leader->log, (leader->last + 2) * sizeof(*log));
	char *text = strdup(line);

	if (log)
		leader->log = log;
	if (!log || !text) {
		warn("no memory for the log");
		free(text);
		return -1;
	}
	log[++leader->last] = text;
	return 0;
}

static void on_message(struct leader *leader,
		       const struct message_header *header)
{
	__u64 op = be64toh(header->op);

	if (header->kind == MESSAGE_PREPARE_OK && op == leader->last &&
	    op > leader->decided) {
		leader->decided = op;
		printf("decided %llu: %s\n", op, leader->log[op]);
		fflush(stdout);
	}
	if (header->kind != MESSAGE_FETCH || !op)
		return;
	for (__u64 i = op; i <= leader->last && i < op + FETCH_MAX; i++)
		send_prepare(leader, i, header->replica, 0);
}

/* Returns -1 if the user wants the end. */
static int wait_for_decision(struct leader *leader)
{
	static struct message message;
	size_t len;

	while (leader->decided != leader->last) {
		int ready = stop_wait(leader->socket, RESEND_MS);

		if (ready < 0)
			return -1;
		if (!ready)
			broadcast(leader);
		while (message_receive(leader->socket, leader->config, &message,
				       &len))
			on_message(leader, &message.header);
	}
	return 0;
}

/*
 * The next line of stdin, meanwhile answering followers. Returns false at its
 * end, or if the user wants it.
 */
static bool next_line(struct leader *leader, char *line, size_t size)
{
	struct pollfd fds[] = { { .fd = STDIN_FILENO, .events = POLLIN },
				{ .fd = leader->socket, .events = POLLIN } };
	static struct message message;
	size_t len;

	for (;;) {
		if (stop_poll(fds, 2, -1) < 0)
			return false;
		if (fds[0].revents)
			break;
		while (message_receive(leader->socket, leader->config, &message,
				       &len))
			on_message(leader, &message.header);
	}
	if (!fgets(line, size, stdin))
		return false;
	line[strcspn(line, "\n")] = 0;
	return true;
}

int leader_run(const struct config *config, int socket)
{
	struct leader leader = { .config = config, .socket = socket };
	char line[OP_MAX];
	int err = 0;

	stop_on_signals();
	printf("electrode: replica %d leads view %llu\n", config->me,
	       config->view);
	fflush(stdout);
	/* What is in a buffer of stdio's poll(2) does not see. */
	setvbuf(stdin, NULL, _IONBF, 0);
	while (!err && next_line(&leader, line, sizeof(line))) {
		err = append(&leader, line);
		if (err)
			break;
		broadcast(&leader);
		if (wait_for_decision(&leader))
			break;
	}
	for (__u64 op = 1; op <= leader.last; op++)
		free(leader.log[op]);
	free(leader.log);
	return err;
}
