/* SPDX-License-Identifier: GPL-2.0 */
#ifndef REX_SKELETON_H
#define REX_SKELETON_H

#include "buf.h"
#include "elf.h"

/*
 * Writes a BPF object file with the maps of @elf, and a placeholder under name
 * and section of each of its programs. The caller frees @out with
 * rex_buf_free(). Returns 0 or a negative errno.
 */
int rex_skeleton_write(const char *object, const struct rex_elf *elf,
		       struct rex_buf *out);

#endif
