/* SPDX-License-Identifier: GPL-2.0 */
/* What replicas say to each other. src/message.rs has the same for the extension. */
#ifndef ELECTRODE_MESSAGE_H
#define ELECTRODE_MESSAGE_H

#include <linux/types.h>
#include <netinet/in.h>
#include <stddef.h>

#include "config.h"

/* Of an operation, in bytes. */
#define OP_MAX 1024

enum message_kind {
	/* the leader has an operation for the followers' logs */
	MESSAGE_PREPARE = 1,
	/* a follower has it in its log */
	MESSAGE_PREPARE_OK,
	/* a follower has missed this operation, and what came after it */
	MESSAGE_FETCH,
};

/* In network byte order. */
struct message_header {
	__u32 magic;
	__u8 kind;
	__u8 broadcast; /* to all followers; the extension sees to it */
	__u8 replica; /* that sends it */
	__u8 reserved;
	__u64 view;
	__u64 op; /* the first is 1 */
};

struct message {
	struct message_header header;
	char text[OP_MAX];
};

/* A socket at the replicas' port; -1 after a message. */
int message_socket(const struct config *config);

/* Messages that are lost are sent again: errors are only shown. */
void message_send(int fd, const struct config *config, int to,
		  enum message_kind kind, int broadcast, __u64 op,
		  const char *text, size_t len);

/*
 * The next message of our view that has arrived, or none. Returns false if there
 * is none; @len is that of its text.
 */
int message_receive(int fd, const struct config *config,
		    struct message *message, size_t *len);

#endif
