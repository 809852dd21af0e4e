/* SPDX-License-Identifier: GPL-2.0 */
/* Two network namespaces, joined by a pair of veth interfaces. */
#ifndef TESTS_WIRE_H
#define TESTS_WIRE_H

/*
 * Both are of this process alone, and end with it. It stays in the near one.
 * @ifindex: of the near end, WIRE_NAME
 * @near, @far: the namespaces
 */
struct wire {
	int ifindex;
	int near, far;
};

#define WIRE_NAME "wire0"

struct wire wire_make(void);

/*
 * Sends a packet to the near end, which has to come through. @family: AF_INET or
 * AF_INET6
 */
void wire_send(const struct wire *wire, int family);

/* Sends one from the near end. Returns 0, or an errno if the kernel says that it was dropped. */
int wire_send_out(const struct wire *wire, int family);

#endif
