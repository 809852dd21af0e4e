/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FAKE_KERNEL_H
#define FAKE_KERNEL_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/bpf.h>
#include <linux/rex.h>

/*
 * A bpf(2) for hosts without Rex. Its file descriptors are real ones, of files
 * that remember what they stand for.
 */
enum fake_kind { FAKE_MAP, FAKE_PLACEHOLDER, FAKE_OBJECT, FAKE_REX_PROG };

struct fake_file {
	unsigned long inode;
	enum fake_kind kind;
	char name[REX_NAME_LEN];
	/* of maps */
	__u32 map_type, key_size, value_size, max_entries, map_flags;
	/* of programs */
	__u32 prog_type, attach_type;
	/* of Rex programs */
	__u32 budget_ms, max_exits;
};

struct fake_kernel {
	/* To be set by a test: what bpf(2) does. */
	bool no_rex;
	bool no_privilege;
	int fail_call; /* the number of the call to fail, from 1 */
	int fail_errno;
	int load_errno; /* of REX_OBJ_LOAD */
	int get_errno; /* of REX_PROG_GET for the program get_fails */
	const char *get_fails;
	const char *log; /* what those two write in their log */
	bool fail_dup3;

	/* What it saw. */
	int calls;
	int loads;
	struct rex_obj_load_attr load;
	void *image;
	char map_names[16][REX_NAME_LEN];
};

extern struct fake_kernel fake_kernel;

void fake_kernel_reset(void);

/* What @fd stands for, or NULL. */
const struct fake_file *fake_file(int fd);

#endif
