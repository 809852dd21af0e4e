// SPDX-License-Identifier: GPL-2.0
/*
 * A packet filter, and its rules:
 *
 *	./entry 1 &
 *	./entry add_rule 8080 tcp
 *	./entry list
 *	./entry del_rule 8080 tcp
 *
 * What it sees, the extension traces: cat /sys/kernel/tracing/trace_pipe.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <librex.h>

#include "interface.h"
#include "rules.h"
#include "stop.h"

#define EXE "./target/x86_64-unknown-none/release/xdp_test"

static int usage(void)
{
	fprintf(stderr,
		"Usage: ./entry <ifindex>...               filter what comes in, until Ctrl-C\n"
		"       ./entry add_rule <port> <tcp|udp>  drop what is for this port\n"
		"       ./entry del_rule <port> <tcp|udp>  let it pass again\n"
		"       ./entry list                       show the rules\n"
		"\n"
		"An interface's name will do for its index. The rules are those of the filter that\n"
		"runs, and end with it.\n");
	return 2;
}

static int attach(struct rex_object *obj, struct interfaces *interfaces,
		  unsigned int index)
{
	struct bpf_program *filter = rex_object__program(obj, "filter");
	struct bpf_program *trace_out = rex_object__program(obj, "trace_out");

	if (!filter || !trace_out ||
	    interface_attach_xdp(interfaces, index, filter, false) ||
	    interface_attach_egress(interfaces, index, trace_out))
		return -1;
	return 0;
}

static int run(struct rex_object *obj, char *names[])
{
	struct interfaces interfaces = { 0 };
	int err = 0;

	for (; *names && !err; names++) {
		unsigned int index = interface_parse(*names);

		err = index ? attach(obj, &interfaces, index) : -1;
	}
	if (!err) {
		printf("entry: attached; Ctrl-C ends it\n");
		fflush(stdout);
		stop_on_signals();
		while (stop_poll(NULL, 0, -1) >= 0)
			;
	}
	interfaces_detach(&interfaces);
	return err;
}

static int filter_packets(char *names[])
{
	struct rex_object *obj;
	int err = -1;

	if (rules_claim())
		return EXIT_FAILURE;
	obj = rex_object__open(EXE, NULL);
	if (obj && !rules_pin(rex_object__bpf_object(obj)) &&
	    !rex_object__load(obj))
		err = run(obj, names);
	rules_unpin();
	rex_object__close(obj);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char *argv[])
{
	if (argc < 2)
		return usage();
	if (!strcmp(argv[1], "add_rule"))
		return argc == 4 ? rules_add(argv[2], argv[3]) : usage();
	if (!strcmp(argv[1], "del_rule"))
		return argc == 4 ? rules_del(argv[2], argv[3]) : usage();
	if (!strcmp(argv[1], "list"))
		return argc == 2 ? rules_list() : usage();
	if (argv[1][0] == '-')
		return usage();
	return filter_packets(argv + 1);
}
