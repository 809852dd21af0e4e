// SPDX-License-Identifier: GPL-2.0
#include <endian.h>
#include <err.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "message.h"

#define MAGIC 0x5245504cU /* "REPL" */

int message_socket(const struct config *config)
{
	const struct sockaddr_in any = { .sin_family = AF_INET,
					 .sin_port = htons(config->port) };
	const int on = 1;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	/* Without a checksum, which would have to change with the address. */
	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_NO_CHECK, &on, sizeof(on)) ||
	    bind(fd, (const struct sockaddr *)&any, sizeof(any))) {
		warn("cannot open UDP port %d", config->port);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	return fd;
}

void message_send(int fd, const struct config *config, int to,
		  enum message_kind kind, int broadcast, __u64 op,
		  const char *text, size_t len)
{
	struct message_header header = {
		.magic = htobe32(MAGIC),
		.kind = kind,
		.broadcast = broadcast,
		.replica = config->me,
		.view = htobe64(config->view),
		.op = htobe64(op),
	};
	struct iovec parts[] = { { &header, sizeof(header) },
				 { (void *)text, len } };
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(config->port),
		.sin_addr = config->replicas[to].address,
	};
	struct msghdr all = { .msg_name = &address,
			      .msg_namelen = sizeof(address),
			      .msg_iov = parts,
			      .msg_iovlen = 2 };

	if (sendmsg(fd, &all, 0) < 0)
		warn("cannot send to replica %d", to);
}

int message_receive(int fd, const struct config *config,
		    struct message *message, size_t *len)
{
	const struct message_header *header = &message->header;
	ssize_t got;

	while ((got = recv(fd, message, sizeof(*message), 0)) >= 0) {
		if ((size_t)got < sizeof(*header) ||
		    be32toh(header->magic) != MAGIC ||
		    be64toh(header->view) != config->view ||
		    header->replica >= config->count)
			continue;
		*len = got - sizeof(*header);
		return 1;
	}
	return 0;
}
