// SPDX-License-Identifier: GPL-2.0
#include <endian.h>
#include <err.h>
#include <stdio.h>

#include <bpf/libbpf.h>

#include "message.h"
#include "replica.h"
#include "stop.h"

struct follower {
	const struct config *config;
	int socket;
	__u64 last; /* in the log */
};

/* An operation that the extension has acknowledged. */
static int on_record(void *ctx, void *data, size_t size)
{
	const struct message *message = data;
	struct follower *follower = ctx;

	follower->last = be64toh(message->header.op);
	printf("log %llu: %.*s\n", follower->last,
	       (int)(size - sizeof(message->header)), message->text);
	fflush(stdout);
	return 0;
}

/* The extension passes a PREPARE if others are missing before it. */
static void on_message(const struct follower *follower,
		       const struct message_header *header)
{
	if (header->kind != MESSAGE_PREPARE ||
	    be64toh(header->op) <= follower->last + 1)
		return;
	message_send(follower->socket, follower->config,
		     config_leader(follower->config), MESSAGE_FETCH, 0,
		     follower->last + 1, NULL, 0);
}

int follower_run(const struct config *config, int socket, int log_map)
{
	struct follower follower = { .config = config, .socket = socket };
	static struct message message;
	struct ring_buffer *records;
	struct pollfd fds[2];
	size_t len;

	records = ring_buffer__new(log_map, on_record, &follower, NULL);
	if (!records) {
		warn("cannot map the ring buffer");
		return -1;
	}
	fds[0] = (struct pollfd){ .fd = ring_buffer__epoll_fd(records),
				  .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = socket, .events = POLLIN };
	stop_on_signals();
	printf("electrode: replica %d follows in view %llu\n", config->me,
	       config->view);
	fflush(stdout);
	while (stop_poll(fds, 2, -1) >= 0) {
		ring_buffer__consume(records);
		while (message_receive(socket, config, &message, &len))
			on_message(&follower, &message.header);
	}
	ring_buffer__free(records);
	return 0;
}
