/* SPDX-License-Identifier: GPL-2.0 */
#ifndef REX_FILE_H
#define REX_FILE_H

#include <stddef.h>

/* Most bytes an object file may have; debug information is the bulk of it. */
#define REX_FILE_SIZE_MAX (256UL << 20)

/*
 * Reads a whole file into memory that the caller frees. @object is for
 * messages. Returns 0 or a negative errno.
 */
int rex_file_read(const char *object, const char *path, void **data,
		  size_t *size);

#endif
