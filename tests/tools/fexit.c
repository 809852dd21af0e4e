// SPDX-License-Identifier: GPL-2.0
/*
 * Traces the returns of a kernel function with an eBPF program of type fexit,
 * until standard input ends.
 *
 *	fexit FUNCTION
 *
 * Prints "attached", and at the end how often the function returned.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

/* r1 = address of the counter; *r1 += 1; return 0 */
#define COUNT(map_fd)                                                          \
	{                                                                      \
		{ .code = BPF_LD | BPF_DW | BPF_IMM,                           \
		  .dst_reg = BPF_REG_1,                                        \
		  .src_reg = BPF_PSEUDO_MAP_VALUE,                             \
		  .imm = (map_fd) },                                           \
		{ 0 },                                                         \
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K,                         \
		  .dst_reg = BPF_REG_2,                                        \
		  .imm = 1 },                                                  \
		{ .code = BPF_STX | BPF_ATOMIC | BPF_DW,                       \
		  .dst_reg = BPF_REG_1,                                        \
		  .src_reg = BPF_REG_2,                                        \
		  .imm = BPF_ADD },                                            \
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 }, \
		{ .code = BPF_JMP | BPF_EXIT },                                \
	}

static int fail(const char *what, const char *function)
{
	fprintf(stderr, "fexit: cannot %s for %s: %s\n", what, function,
		strerror(errno));
	return 1;
}

static int attach(const char *function, int map_fd)
{
	const struct bpf_insn insns[] = COUNT(map_fd);
	LIBBPF_OPTS(bpf_prog_load_opts, opts,
		    .expected_attach_type = BPF_TRACE_FEXIT);
	int id, prog_fd;

	id = libbpf_find_vmlinux_btf_id(function, BPF_TRACE_FEXIT);
	if (id < 0)
		return -1;
	opts.attach_btf_id = id;
	prog_fd = bpf_prog_load(BPF_PROG_TYPE_TRACING, "count", "GPL", insns,
				sizeof(insns) / sizeof(*insns), &opts);
	if (prog_fd < 0)
		return -1;
	return bpf_raw_tracepoint_open(NULL, prog_fd);
}

int main(int argc, char *argv[])
{
	unsigned long long count = 0;
	int map_fd, zero = 0;
	char buf[64];

	if (argc != 2) {
		fprintf(stderr, "Usage: %s FUNCTION\n", argv[0]);
		return 2;
	}
	map_fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "count", sizeof(zero),
				sizeof(count), 1, NULL);
	if (map_fd < 0)
		return fail("make a map", argv[1]);
	if (attach(argv[1], map_fd) < 0)
		return fail("attach", argv[1]);
	printf("attached\n");
	fflush(stdout);
	while (read(STDIN_FILENO, buf, sizeof(buf)) > 0)
		;
	if (bpf_map_lookup_elem(map_fd, &zero, &count))
		return fail("read the map", argv[1]);
	printf("%llu\n", count);
	return 0;
}
