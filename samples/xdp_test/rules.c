// SPDX-License-Identifier: GPL-2.0
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "number.h"
#include "rules.h"

#define FOLDER "/sys/fs/bpf/xdp_test"
#define PIN FOLDER "/rules"
#define PORT_MAX 65535

/* A rule's value has the bits of the protocols. */
static const struct protocol {
	const char *name;
	__u16 rule;
} protocols[] = {
	{ "tcp", 1 },
	{ "udp", 2 },
};

#define PROTOCOL_CNT (sizeof(protocols) / sizeof(*protocols))

int rules_claim(void)
{
	int folder;

	if (mkdir(FOLDER, 0755) && errno != EEXIST) {
		warn("cannot make " FOLDER
		     " (is /sys/fs/bpf mounted, and are you root?)");
		return -1;
	}
	folder = open(FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0 || flock(folder, LOCK_EX | LOCK_NB)) {
		if (errno == EWOULDBLOCK)
			warnx("a filter is running: end it, or start one for all interfaces");
		else
			warn("cannot lock " FOLDER);
		return -1;
	}
	/* Of a filter that was killed. */
	unlink(PIN);
	return 0;
}

int rules_pin(struct bpf_object *obj)
{
	struct bpf_map *map = bpf_object__find_map_by_name(obj, "rules");

	if (map && !bpf_map__set_pin_path(map, PIN))
		return 0;
	warnx("cannot have the map 'rules' pinned");
	return -1;
}

void rules_unpin(void)
{
	unlink(PIN);
	rmdir(FOLDER);
}

static int rules_open(void)
{
	int map = bpf_obj_get(PIN);

	if (map < 0 && errno == ENOENT)
		warnx("no filter is running: start one with ./entry <ifindex>");
	else if (map < 0)
		warn("cannot open " PIN);
	return map;
}

static __u16 parse_protocol(const char *text)
{
	for (size_t i = 0; i < PROTOCOL_CNT; i++)
		if (!strcasecmp(text, protocols[i].name))
			return protocols[i].rule;
	return 0;
}

/* Returns false after a message. */
static bool parse_rule(const char *port_text, const char *protocol_text,
		       __u32 *port, __u16 *rule)
{
	long number;

	if (!parse_number(port_text, 0, PORT_MAX, &number)) {
		warnx("'%s' is no port: that is a number from 0 to %d",
		      port_text, PORT_MAX);
		return false;
	}
	*port = number;
	*rule = parse_protocol(protocol_text);
	if (!*rule)
		warnx("'%s' is no protocol: that is tcp or udp", protocol_text);
	return *rule;
}

/* What there is for a port so far. */
static __u16 rule_of(int map, __u32 port)
{
	__u16 rule = 0;

	bpf_map_lookup_elem(map, &port, &rule);
	return rule;
}

int rules_add(const char *port_text, const char *protocol_text)
{
	__u32 port;
	__u16 rule;
	int map;

	if (!parse_rule(port_text, protocol_text, &port, &rule))
		return EXIT_FAILURE;
	map = rules_open();
	if (map < 0)
		return EXIT_FAILURE;
	rule |= rule_of(map, port);
	if (!bpf_map_update_elem(map, &port, &rule, BPF_ANY))
		return EXIT_SUCCESS;
	if (errno == E2BIG)
		warnx("there are as many rules as there can be: del_rule deletes one");
	else
		warn("cannot add the rule");
	return EXIT_FAILURE;
}

int rules_del(const char *port_text, const char *protocol_text)
{
	__u32 port;
	__u16 rule, left;
	int map, err;

	if (!parse_rule(port_text, protocol_text, &port, &rule))
		return EXIT_FAILURE;
	map = rules_open();
	if (map < 0)
		return EXIT_FAILURE;
	left = rule_of(map, port);
	if (!(left & rule)) {
		warnx("there is no rule for port %u, %s: 'list' shows all",
		      port, protocol_text);
		return EXIT_FAILURE;
	}
	left &= ~rule;
	if (left)
		err = bpf_map_update_elem(map, &port, &left, BPF_EXIST);
	else
		err = bpf_map_delete_elem(map, &port);
	if (!err)
		return EXIT_SUCCESS;
	warn("cannot delete the rule");
	return EXIT_FAILURE;
}

int rules_list(void)
{
	int map = rules_open();
	__u32 port, *from = NULL;

	if (map < 0)
		return EXIT_FAILURE;
	while (!bpf_map_get_next_key(map, from, &port)) {
		__u16 rule = rule_of(map, port);

		for (size_t i = 0; i < PROTOCOL_CNT; i++)
			if (rule & protocols[i].rule)
				printf("%u %s\n", port, protocols[i].name);
		from = &port;
	}
	return EXIT_SUCCESS;
}
