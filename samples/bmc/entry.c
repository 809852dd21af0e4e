// SPDX-License-Identifier: GPL-2.0
/*
 * Puts the cache in front of memcached, until Ctrl-C:
 *
 *	memcached -B ascii -U 11211 -l 10.0.0.1 &
 *	./entry eth0
 *
 * SIGUSR1 writes what was counted to a file, and so does the end.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <librex.h>

#include "interface.h"
#include "stats.h"
#include "stop.h"

#define EXE "./target/x86_64-unknown-none/release/bmc"
#define PORT 11211
#define PORT_MAX 65535
/* With 1448 bytes an entry: 46 MiB. */
#define ENTRIES 32768
#define ENTRIES_MAX (2 * 1024 * 1024)
#define STATS_FILE "/tmp/bmc-stats"

struct options {
	const char *stats_file;
	bool driver_only;
	/* as the extension has them */
	struct settings {
		__u32 port;
		__u32 entries;
	} settings;
};

static volatile sig_atomic_t stats_asked;

static void on_usr1(int sig)
{
	(void)sig;
	stats_asked = 1;
}

static int usage(void)
{
	fprintf(stderr,
		"Usage: ./entry [-c entries] [-d] [-p port] [-s file] <ifindex>...\n"
		"\n"
		"Answers GETs of memcached's that come in on the interfaces, from a cache.\n"
		"  -c  the size of the cache, about 1.4 KiB an entry; default: %d\n"
		"  -d  only in the driver, and not in the generic way where it has no XDP\n"
		"  -p  memcached's port; default: %d\n"
		"  -s  where to write what was counted, on SIGUSR1 and at the end; default: %s\n"
		"An interface's name will do for its index.\n",
		ENTRIES, PORT, STATS_FILE);
	return 2;
}

static bool parse_option(struct options *options, int option)
{
	long number;

	switch (option) {
	case 'c':
		if (!parse_number(optarg, 1, ENTRIES_MAX, &number)) {
			warnx("'%s' is no size: that is a number of entries from 1 to %d",
			      optarg, ENTRIES_MAX);
			return false;
		}
		options->settings.entries = number;
		return true;
	case 'd':
		options->driver_only = true;
		return true;
	case 'p':
		if (!parse_number(optarg, 1, PORT_MAX, &number)) {
			warnx("'%s' is no port: that is a number from 1 to %d",
			      optarg, PORT_MAX);
			return false;
		}
		options->settings.port = number;
		return true;
	case 's':
		options->stats_file = optarg;
		return true;
	}
	return false;
}

/* librex and libbpf print what goes wrong themselves. */
static int load(struct rex_object *obj, const struct settings *settings)
{
	struct bpf_object *bpf = rex_object__bpf_object(obj);
	struct bpf_map *cache = bpf_object__find_map_by_name(bpf, "CACHE");
	const __u32 key = 0;
	int map;

	if (!cache || bpf_map__set_max_entries(cache, settings->entries)) {
		warnx("cannot set the size of the map 'CACHE'");
		return -1;
	}
	if (rex_object__load(obj))
		return -1;
	map = bpf_object__find_map_fd_by_name(bpf, "SETTINGS");
	if (map < 0 || bpf_map_update_elem(map, &key, settings, BPF_ANY)) {
		warn("cannot set the map 'SETTINGS'");
		return -1;
	}
	return 0;
}

static int attach(struct rex_object *obj, struct interfaces *interfaces,
		  const char *name, bool driver_only)
{
	struct bpf_program *rx = rex_object__program(obj, "bmc_rx");
	struct bpf_program *tx = rex_object__program(obj, "bmc_tx");
	unsigned int index = interface_parse(name);

	/* What leaves first: a GET that misses is to find the way to the cache. */
	if (!rx || !tx || !index ||
	    interface_attach_egress(interfaces, index, tx) ||
	    interface_attach_xdp(interfaces, index, rx, driver_only))
		return -1;
	return 0;
}

static void run(const struct options *options, int stats_map)
{
	const struct sigaction action = { .sa_handler = on_usr1 };
	sigset_t usr1;

	stop_on_signals();
	/* It comes while stop_poll() waits, too. */
	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	sigprocmask(SIG_BLOCK, &usr1, NULL);
	sigaction(SIGUSR1, &action, NULL);
	printf("entry: attached; Ctrl-C ends it\n");
	fflush(stdout);
	while (stop_poll(NULL, 0, -1) >= 0) {
		if (!stats_asked)
			continue;
		stats_asked = 0;
		stats_write(stats_map, options->stats_file);
	}
	stats_write(stats_map, options->stats_file);
}

int main(int argc, char *argv[])
{
	struct options options = {
		.stats_file = STATS_FILE,
		.settings = { .port = PORT, .entries = ENTRIES },
	};
	struct interfaces interfaces = { 0 };
	struct rex_object *obj;
	int option, err;

	while ((option = getopt(argc, argv, "c:dp:s:")) != -1)
		if (!parse_option(&options, option))
			return usage();
	if (optind == argc)
		return usage();

	obj = rex_object__open(EXE, NULL);
	err = obj ? load(obj, &options.settings) : -1;
	for (int i = optind; i < argc && !err; i++)
		err = attach(obj, &interfaces, argv[i], options.driver_only);
	if (!err)
		run(&options,
		    bpf_object__find_map_fd_by_name(rex_object__bpf_object(obj),
						    "STATS"));
	interfaces_detach(&interfaces);
	rex_object__close(obj);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
