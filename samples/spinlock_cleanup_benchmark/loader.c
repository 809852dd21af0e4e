// SPDX-License-Identifier: GPL-2.0
/*
 * Attaches the program to an interface, in its driver, and prints what a pair of
 * lock and unlock takes; then the same for the program's twin in eBPF.
 *
 *	./loader 2
 *	lock and unlock: Rex … ns, eBPF … ns
 */
#include <stdio.h>
#include <stdlib.h>

#include <librex.h>

#include "interface.h"

#define EXE "./target/x86_64-unknown-none/release/spinlock_cleanup_benchmark"
#define TWIN "./twin.bpf.o"
#define PROGRAM "lock_and_unlock"
#define RUNS 64

/* Sends packets through the program as if they came from its interface. */
static int run(int prog, unsigned int ifindex)
{
	static unsigned char packet[64];
	struct xdp_md ctx = { .data_end = sizeof(packet),
			      .ingress_ifindex = ifindex };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet,
		    .data_size_in = sizeof(packet), .ctx_in = &ctx,
		    .ctx_size_in = sizeof(ctx), .repeat = RUNS);

	if (!bpf_prog_test_run_opts(prog, &opts))
		return 0;
	warn("cannot run " PROGRAM);
	return -1;
}

/* Returns ns, or a negative number after a message. */
static double measure(struct bpf_object *obj, unsigned int ifindex)
{
	struct interfaces interfaces = { 0 };
	struct bpf_program *prog;
	const __u32 key = 0;
	struct {
		__u64 ns, pairs;
	} sum;
	int map, err;

	prog = bpf_object__find_program_by_name(obj, PROGRAM);
	map = bpf_object__find_map_fd_by_name(obj, "measured");
	err = interface_attach_xdp(&interfaces, ifindex, prog, true);
	if (!err)
		err = run(bpf_program__fd(prog), ifindex);
	interfaces_detach(&interfaces);
	if (err)
		return -1;
	if (bpf_map_lookup_elem(map, &key, &sum) || !sum.pairs) {
		warn("nothing was measured");
		return -1;
	}
	return (double)sum.ns / sum.pairs;
}

int main(int argc, char *argv[])
{
	double rex_ns = -1, bpf_ns = -1;
	struct rex_object *rex = NULL;
	struct bpf_object *bpf = NULL;
	unsigned int ifindex;

	if (argc != 2 || argv[1][0] == '-') {
		fprintf(stderr,
			"Usage: ./loader <ifindex>\n"
			"\n"
			"Measures locks on an interface whose driver has XDP. Its name will do, too.\n");
		return 2;
	}
	ifindex = interface_parse(argv[1]);
	if (!ifindex)
		return EXIT_FAILURE;

	/* librex and libbpf print what goes wrong themselves. */
	rex = rex_object__open(EXE, NULL);
	if (rex && !rex_object__load(rex))
		rex_ns = measure(rex_object__bpf_object(rex), ifindex);
	if (rex_ns >= 0)
		bpf = bpf_object__open(TWIN);
	if (bpf && !bpf_object__load(bpf))
		bpf_ns = measure(bpf, ifindex);
	if (bpf_ns >= 0)
		printf("lock and unlock: Rex %.1f ns, eBPF %.1f ns\n", rex_ns,
		       bpf_ns);
	bpf_object__close(bpf);
	rex_object__close(rex);
	return bpf_ns >= 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
