// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "check.h"
#include "wire.h"

#define PORT 9
#define DEADLINE_S 20
#define TEXT "hello"

/* The ends' addresses, of a family. */
struct ends {
	union end {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} near, far;
	socklen_t len;
};

/* nodad: the addresses are there at once. */
static const char commands[] =
	"ip link add " WIRE_NAME " type veth peer name " WIRE_NAME
	" netns /proc/%1$d/fd/%2$d &&"
	"ip addr add 10.0.1.1/24 dev " WIRE_NAME " &&"
	"ip addr add fd00:1::1/64 dev " WIRE_NAME " nodad &&"
	"ip link set " WIRE_NAME " up &&"
	"nsenter --net=/proc/%1$d/fd/%2$d sh -c '"
	"ip addr add 10.0.1.2/24 dev " WIRE_NAME " &&"
	"ip addr add fd00:1::2/64 dev " WIRE_NAME " nodad &&"
	"ip link set " WIRE_NAME " up'";

static struct ends ends_of(int family)
{
	struct ends ends = { .len = sizeof(ends.near.v6) };

	if (family == AF_INET) {
		ends.len = sizeof(ends.near.v4);
		ends.near.v4.sin_family = AF_INET;
		ends.near.v4.sin_port = htons(PORT);
		ends.far.v4 = ends.near.v4;
		inet_pton(AF_INET, "10.0.1.1", &ends.near.v4.sin_addr);
		inet_pton(AF_INET, "10.0.1.2", &ends.far.v4.sin_addr);
		return ends;
	}
	ends.near.v6.sin6_family = AF_INET6;
	ends.near.v6.sin6_port = htons(PORT);
	ends.far.v6 = ends.near.v6;
	inet_pton(AF_INET6, "fd00:1::1", &ends.near.v6.sin6_addr);
	inet_pton(AF_INET6, "fd00:1::2", &ends.far.v6.sin6_addr);
	return ends;
}

static int new_namespace(void)
{
	int fd;

	if (unshare(CLONE_NEWNET))
		die("unshare: %m");
	fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die("/proc/self/ns/net: %m");
	return fd;
}

struct wire wire_make(void)
{
	struct wire wire;
	char line[1024];

	wire.far = new_namespace();
	wire.near = new_namespace();
	snprintf(line, sizeof(line), commands, getpid(), wire.far);
	if (system(line))
		die("no wire: %s", line);
	wire.ifindex = if_nametoindex(WIRE_NAME);
	return wire;
}

static int socket_in(int namespace, int family)
{
	const struct timeval deadline = { .tv_sec = DEADLINE_S };
	const int on = 1;
	int fd;

	if (setns(namespace, CLONE_NEWNET))
		die("setns: %m");
	fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &deadline,
				 sizeof(deadline)))
		die("socket: %m");
	/* Whether a packet was dropped on its way out is said only to who asks for it. */
	if (family == AF_INET
		    ? setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof(on))
		    : setsockopt(fd, IPPROTO_IPV6, IPV6_RECVERR, &on,
				 sizeof(on)))
		die("RECVERR: %m");
	return fd;
}

void wire_send(const struct wire *wire, int family)
{
	struct ends ends = ends_of(family);
	int sender = socket_in(wire->far, family);
	int receiver = socket_in(wire->near, family);
	char buf[sizeof(TEXT)] = "";

	if (bind(receiver, &ends.near.any, ends.len))
		die("bind: %m");
	if (sendto(sender, TEXT, sizeof(TEXT), 0, &ends.near.any, ends.len) < 0)
		die("sendto: %m");
	if (recv(receiver, buf, sizeof(buf), 0) != sizeof(buf) ||
	    strcmp(buf, TEXT))
		die("IPv%d: no packet: %m", family == AF_INET ? 4 : 6);
	close(sender);
	close(receiver);
}

int wire_send_out(const struct wire *wire, int family)
{
	struct ends ends = ends_of(family);
	int sender = socket_in(wire->near, family);
	int err = 0;

	if (sendto(sender, TEXT, sizeof(TEXT), 0, &ends.far.any, ends.len) < 0)
		err = errno;
	close(sender);
	return err;
}
