// SPDX-License-Identifier: GPL-2.0
/* What network programs cost: verdicts, look-ups, and looks at the whole packet. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/pkt_cls.h>
#include <linux/udp.h>
#include <stdio.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "bench/bench.h"

#define EXE "./target/x86_64-unknown-none/release/bench-net"
#define PORT 9
#define LO 1
#define PAYLOAD_LEN 1024

static struct {
	struct ethhdr eth;
	struct iphdr ip;
	struct udphdr udp;
	char payload[PAYLOAD_LEN];
} __attribute__((packed)) datagram;

static const struct bench_packet packet = { &datagram, sizeof(datagram) };

static const struct bench_row rows[] = {
	{ .title = "XDP pass",
	  .rex = "pass",
	  .bpf = "pass",
	  .verdict = XDP_PASS,
	  .flags = BENCH_BASE },
	{ .title = "XDP drop",
	  .rex = "drop",
	  .bpf = "drop",
	  .verdict = XDP_DROP },
	{ .title = "XDP tx, addresses swapped",
	  .rex = "send_back",
	  .bpf = "send_back",
	  .packet = &packet,
	  .verdict = XDP_TX },
	{ .title = "parse to UDP, look the port up",
	  .rex = "look_up",
	  .bpf = "look_up",
	  .packet = &packet,
	  .verdict = XDP_DROP },
	{ .title = "scan 1 KiB for a SET",
	  .rex = "scan_for_set",
	  .bpf = "scan_for_set",
	  .packet = &packet,
	  .verdict = XDP_DROP },
	{ .title = "redirect to an interface",
	  .rex = "redirect",
	  .bpf = "redirect",
	  .verdict = XDP_REDIRECT },
	{ .title = "redirect by a map",
	  .rex = "redirect_map",
	  .bpf = "redirect_map",
	  .verdict = XDP_REDIRECT },
	{ .title = "tc pass",
	  .rex = "tc_pass",
	  .bpf = "tc_pass",
	  .verdict = TC_ACT_OK,
	  .flags = BENCH_BASE },
};

/* The SET is at the end, and what is before it is almost one. */
static void make_datagram(void)
{
	const __u16 udp_len = sizeof(datagram.udp) + PAYLOAD_LEN;

	datagram.eth.h_proto = htons(ETH_P_IP);
	datagram.ip.version = 4;
	datagram.ip.ihl = sizeof(datagram.ip) / 4;
	datagram.ip.tot_len = htons(sizeof(datagram.ip) + udp_len);
	datagram.ip.protocol = IPPROTO_UDP;
	datagram.udp.dest = htons(PORT);
	datagram.udp.len = htons(udp_len);
	memset(datagram.payload, 's', PAYLOAD_LEN);
	memcpy(datagram.payload + PAYLOAD_LEN - 4, "set ", 4);
}

/* A rule for the datagram's port, and an interface to send to. */
static int prepare(struct bpf_object *obj)
{
	const __u32 port = PORT, lo = LO, first = 0;
	int rules = bpf_object__find_map_fd_by_name(obj, "rules");
	int interfaces = bpf_object__find_map_fd_by_name(obj, "interfaces");

	if (!bpf_map_update_elem(rules, &port, &first, BPF_ANY) &&
	    !bpf_map_update_elem(interfaces, &first, &lo, BPF_ANY))
		return 0;
	fprintf(stderr, "benchmark: cannot fill the maps: %s\n",
		strerror(errno));
	return -1;
}

int main(int argc, char *argv[])
{
	static const struct bench bench = {
		.rex = EXE,
		.bpf = "twin.bpf.o",
		.rows = rows,
		.row_cnt = sizeof(rows) / sizeof(*rows),
		.prepare = prepare,
	};

	make_datagram();
	return bench_main(argc, argv, &bench);
}
