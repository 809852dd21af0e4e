// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <librex.h>

#include "side.h"

struct copy {
	struct rex_object *rex; /* NULL on eBPF's side */
	struct bpf_object *bpf; /* Rex's stands for it */
	struct ring_buffer *records;
};

struct side {
	int cnt;
	struct copy copies[];
};

static int on_record(void *ctx, void *data, size_t size)
{
	(void)ctx;
	(void)data;
	(void)size;
	return 0;
}

/* librex and libbpf print what goes wrong themselves. */
static int copy_load_rex(struct copy *copy, const struct bench *bench)
{
	copy->rex = rex_object__open(bench->rex, NULL);
	if (!copy->rex || rex_object__load(copy->rex))
		return -1;
	copy->bpf = rex_object__bpf_object(copy->rex);
	return 0;
}

static int copy_load_bpf(struct copy *copy, const struct bench *bench)
{
	copy->bpf = bpf_object__open_file(bench->bpf, NULL);
	return copy->bpf && !bpf_object__load(copy->bpf) ? 0 : -1;
}

static int copy_open_records(struct copy *copy)
{
	int fd = bpf_object__find_map_fd_by_name(copy->bpf, "records");

	if (fd < 0)
		return 0;
	copy->records = ring_buffer__new(fd, on_record, NULL, NULL);
	if (copy->records)
		return 0;
	perror("benchmark: cannot map the ring buffer");
	return -1;
}

static struct side *side_open(const struct bench *bench, int copies,
			      int (*load)(struct copy *copy,
					  const struct bench *bench))
{
	struct side *side;

	side = calloc(1, sizeof(*side) + copies * sizeof(*side->copies));
	if (!side)
		return NULL;
	while (side->cnt < copies) {
		struct copy *copy = &side->copies[side->cnt++];

		if (load(copy, bench) || copy_open_records(copy) ||
		    (bench->prepare && bench->prepare(copy->bpf))) {
			side_close(side);
			return NULL;
		}
	}
	return side;
}

struct side *side_open_rex(const struct bench *bench, int copies)
{
	return side_open(bench, copies, copy_load_rex);
}

struct side *side_open_bpf(const struct bench *bench, int copies)
{
	return side_open(bench, copies, copy_load_bpf);
}

void side_close(struct side *side)
{
	if (!side)
		return;
	for (int i = 0; i < side->cnt; i++) {
		struct copy *copy = &side->copies[i];

		ring_buffer__free(copy->records);
		if (copy->rex)
			rex_object__close(copy->rex);
		else
			bpf_object__close(copy->bpf);
	}
	free(side);
}

int side_programs(const struct side *side, const char *name, int *fds)
{
	int type = -1;

	for (int i = 0; i < side->cnt; i++) {
		struct bpf_program *prog;

		prog = bpf_object__find_program_by_name(side->copies[i].bpf,
							name);
		if (!prog) {
			fprintf(stderr, "benchmark: no program '%s' in %s\n",
				name, bpf_object__name(side->copies[i].bpf));
			return -1;
		}
		fds[i] = bpf_program__fd(prog);
		type = bpf_program__type(prog);
	}
	return type;
}

int side_set_arg(const struct side *side, __u64 arg)
{
	const __u32 key = 0;

	for (int i = 0; i < side->cnt; i++) {
		int fd = bpf_object__find_map_fd_by_name(side->copies[i].bpf,
							 "arg");

		if (fd >= 0 && bpf_map_update_elem(fd, &key, &arg, BPF_ANY)) {
			perror("benchmark: cannot set the map 'arg'");
			return -1;
		}
	}
	return 0;
}

__u64 side_value(const struct side *side, const char *map)
{
	int fd = bpf_object__find_map_fd_by_name(side->copies[0].bpf, map);
	const __u32 key = 0;
	__u64 value = 0;

	if (bpf_map_lookup_elem(fd, &key, &value))
		fprintf(stderr, "benchmark: cannot read the map '%s': %s\n",
			map, strerror(errno));
	return value;
}

void side_drain(const struct side *side)
{
	for (int i = 0; i < side->cnt; i++)
		if (side->copies[i].records)
			ring_buffer__consume(side->copies[i].records);
}
