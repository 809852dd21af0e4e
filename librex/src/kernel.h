/* SPDX-License-Identifier: GPL-2.0 */
#ifndef REX_KERNEL_H
#define REX_KERNEL_H

#include <stddef.h>

#include <linux/rex.h>

/* Where the kernel writes why it refuses something; filled front to back. */
struct rex_kernel_log {
	char *buf;
	size_t size;
	size_t used;
};

/* Whether the running kernel has Rex: 0 or a negative errno. */
int rex_kernel_probe(const char *object);

/*
 * Load an object and fetch a program of it. Return a file descriptor or a
 * negative errno.
 */
int rex_kernel_load(const char *object, const void *image, size_t size,
		    const int *map_fds, size_t map_cnt,
		    struct rex_kernel_log *log);
/* The log in @attr is filled in. */
int rex_kernel_get_prog(const char *object, struct rex_prog_get_attr *attr,
			struct rex_kernel_log *log);

/* What to do about an errno of bpf(2) that says little. */
const char *rex_kernel_cure(int err);

#endif
