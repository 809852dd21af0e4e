// SPDX-License-Identifier: GPL-2.0
/*
 * One replica of a replicated log:
 *
 *	./electrode replica0.conf
 *
 * The one that leads has each line of its stdin logged by a majority. config.h
 * describes the file.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <librex.h>

#include "interface.h"
#include "message.h"
#include "replica.h"

#define EXE "./target/x86_64-unknown-none/release/electrode"

/* As the extension has it. */
struct kernel_config {
	__u64 view;
	__u32 port, me, replicas, quorum;
};

/* The same. */
struct kernel_peer {
	__u32 ifindex;
	__u32 address;
	unsigned char to[MAC_LEN], from[MAC_LEN];
};

static int set(struct rex_object *obj, const char *map, __u32 key,
	       const void *value)
{
	int fd = bpf_object__find_map_fd_by_name(rex_object__bpf_object(obj),
						 map);

	if (fd >= 0 && !bpf_map_update_elem(fd, &key, value, BPF_ANY))
		return 0;
	warn("cannot set the map '%s'", map);
	return -1;
}

static int interface_mac(unsigned int ifindex, unsigned char *mac)
{
	struct ifreq request = { 0 };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int err = -1;

	if (fd >= 0 && if_indextoname(ifindex, request.ifr_name))
		err = ioctl(fd, SIOCGIFHWADDR, &request);
	if (err)
		warn("cannot get the MAC address of interface %u", ifindex);
	memcpy(mac, request.ifr_hwaddr.sa_data, MAC_LEN);
	close(fd);
	return err;
}

static int set_config(struct rex_object *obj, const struct config *config)
{
	const struct kernel_config value = {
		.view = config->view,
		.port = config->port,
		.me = config->me,
		.replicas = config->count,
		/* With the leader it is a majority. */
		.quorum = config->count / 2,
	};

	return set(obj, "CONFIG", 0, &value);
}

/* The leader's followers, and what it attaches to the interfaces to them. */
static int lead(struct rex_object *obj, const struct config *config,
		struct interfaces *interfaces)
{
	struct bpf_program *quorum = rex_object__program(obj, "quorum");
	struct bpf_program *broadcast = rex_object__program(obj, "broadcast");
	__u32 number = 0;

	if (!quorum || !broadcast)
		return -1;
	for (int i = 0; i < config->count; i++) {
		const struct replica *replica = &config->replicas[i];
		struct kernel_peer peer = {
			.ifindex = replica->ifindex,
			.address = replica->address.s_addr,
		};

		if (i == config->me)
			continue;
		memcpy(peer.to, replica->mac, MAC_LEN);
		if (interface_mac(replica->ifindex, peer.from) ||
		    set(obj, "PEERS", number, &peer) ||
		    (!number &&
		     interface_attach_egress(interfaces, replica->ifindex,
					     broadcast)))
			return -1;
		for (int j = 0; j < i && replica->ifindex; j++)
			if (config->replicas[j].ifindex == replica->ifindex)
				peer.ifindex = 0;
		if (peer.ifindex &&
		    interface_attach_xdp(interfaces, peer.ifindex, quorum,
					 false))
			return -1;
		number++;
	}
	return 0;
}

static int follow(struct rex_object *obj, const struct config *config,
		  struct interfaces *interfaces)
{
	struct bpf_program *prog = rex_object__program(obj, "acknowledge");
	int leader = config_leader(config);

	if (!prog)
		return -1;
	return interface_attach_xdp(interfaces,
				    config->replicas[leader].ifindex, prog,
				    false);
}

static int run(struct rex_object *obj, const struct config *config, int socket)
{
	bool leads = config_leader(config) == config->me;
	struct interfaces interfaces = { 0 };
	int err;

	err = set_config(obj, config);
	if (!err)
		err = leads ? lead(obj, config, &interfaces)
			    : follow(obj, config, &interfaces);
	if (!err) {
		err = leads ? leader_run(config, socket)
			    : follower_run(config, socket,
					   bpf_object__find_map_fd_by_name(rex_object__bpf_object(
										   obj),
									   "LOG"));
	}
	interfaces_detach(&interfaces);
	return err;
}

int main(int argc, char *argv[])
{
	struct rex_object *obj = NULL;
	struct config config;
	int socket, err = -1;

	if (argc != 2 || argv[1][0] == '-') {
		fprintf(stderr,
			"Usage: ./electrode <config>\n"
			"\n"
			"Runs one replica of a replicated log; config.h describes the file. The one that\n"
			"leads has each line of its stdin logged by a majority.\n");
		return 2;
	}
	if (config_read(argv[1], &config))
		return EXIT_FAILURE;
	socket = message_socket(&config);
	if (socket >= 0)
		obj = rex_object__open(EXE, NULL);
	if (obj && !rex_object__load(obj))
		err = run(obj, &config, socket);
	rex_object__close(obj);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
