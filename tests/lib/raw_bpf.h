/* SPDX-License-Identifier: GPL-2.0 */
/* The commands of Rex, without librex. */
#ifndef TESTS_RAW_BPF_H
#define TESTS_RAW_BPF_H

#include <linux/bpf.h>
#include <linux/rex.h>
#include <stddef.h>

/* All return a file descriptor or a negative errno. */
int raw_sys_bpf(int cmd, void *attr, size_t size);

/* @log is made an empty string where the kernel writes nothing. */
int raw_obj_load(const void *image, size_t size, const int *map_fds,
		 size_t map_cnt, char *log, size_t log_size);
/* Loads a file that uses no maps, or ends the test. */
int raw_obj_load_file(const char *path);
int raw_prog_get(int obj_fd, const char *name, unsigned int prog_type,
		 char *log, size_t log_size);
/* For what raw_prog_get() has no parameters. */
int raw_prog_get_attr(struct rex_prog_get_attr *attr, char *log,
		      size_t log_size);

/* Attach to a tracepoint; @name is "category/name". */
int raw_attach_tracepoint(int prog_fd, const char *name);

/* The number in a line of a descriptor's fdinfo. */
unsigned long long fdinfo_number(int fd, const char *field);

/* How many files this process has open. */
int open_files(void);

#endif
