/* SPDX-License-Identifier: GPL-2.0 */
#ifndef REX_OBJECT_H
#define REX_OBJECT_H

#include <stdbool.h>
#include <stddef.h>

#include <librex.h>

#include "buf.h"
#include "elf.h"
#include "kernel.h"

struct bpf_map;

/* What REX_PROG_GET is told of a program; 0 where the user set nothing. */
struct rex_limits {
	unsigned int budget_ms;
	unsigned int max_exits;
};

struct rex_object {
	char *name;
	/* the file's bytes; freed once the kernel has them */
	void *image;
	size_t image_size;
	struct rex_elf elf;
	/* the BPF object file, and what libbpf made of it */
	struct rex_buf skeleton;
	struct bpf_object *bpf;
	/* libbpf's view of elf.progs[i] and elf.maps[i] */
	struct bpf_program **progs;
	struct bpf_map **maps;
	/* of elf.progs[i] */
	struct rex_limits *limits;
	/* the user's buffer, or own_log */
	struct rex_kernel_log log;
	char own_log[4096];
	bool load_tried;
};

/*
 * Checks that libbpf would attach program @index as what it was compiled for.
 * Returns 0 or a negative errno.
 */
int rex_object_check_prog(const struct rex_object *obj, size_t index);

#endif
