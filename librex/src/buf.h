/* SPDX-License-Identifier: GPL-2.0 */
#ifndef REX_BUF_H
#define REX_BUF_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes that grow. The first failure sticks; it is asked for once, at the end. */
struct rex_buf {
	char *data;
	size_t len;
	size_t cap;
	bool failed;
};

/* Append, and return the offset at which it was put. */
size_t rex_buf_add(struct rex_buf *buf, const void *data, size_t size);
size_t rex_buf_add_string(struct rex_buf *buf, const char *string);
size_t rex_buf_add_zeros(struct rex_buf *buf, size_t size);

void rex_buf_align(struct rex_buf *buf, size_t align);
void rex_buf_free(struct rex_buf *buf);

#endif
