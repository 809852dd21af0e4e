/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The file that a replica is started with:
 *
 *	# the first of three replicas, which leads
 *	view 0
 *	port 12345
 *	me 0
 *	replica 0 10.0.1.1
 *	replica 1 10.0.1.2 02:00:00:00:00:11 eth1
 *	replica 2 10.0.2.2 02:00:00:00:00:12 eth2
 *
 * For each replica but this one it says the Ethernet address and by which of our
 * interfaces it is reached. The replica that leads is the view's number modulo
 * that of the replicas.
 */
#ifndef ELECTRODE_CONFIG_H
#define ELECTRODE_CONFIG_H

#include <linux/types.h>
#include <netinet/in.h>
#include <stdbool.h>

#define REPLICAS_MAX 8
#define MAC_LEN 6

struct replica {
	bool known;
	struct in_addr address;
	unsigned char mac[MAC_LEN];
	unsigned int ifindex; /* 0: ourselves */
};

struct config {
	__u64 view;
	int port;
	int me;
	int count;
	struct replica replicas[REPLICAS_MAX];
};

/* Returns 0, or -1 after a message. */
int config_read(const char *path, struct config *config);

static inline int config_leader(const struct config *config)
{
	return config->view % config->count;
}

#endif
