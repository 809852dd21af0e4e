// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "buf.h"

static char *reserve(struct rex_buf *buf, size_t size)
{
	size_t cap = buf->cap ? buf->cap : 1024;
	char *data;

	if (buf->failed)
		return NULL;
	while (cap - buf->len < size)
		cap *= 2;
	if (cap != buf->cap) {
		data = realloc(buf->data, cap);
		if (!data) {
			buf->failed = true;
			return NULL;
		}
		buf->data = data;
		buf->cap = cap;
	}
	return buf->data + buf->len;
}

size_t rex_buf_add(struct rex_buf *buf, const void *data, size_t size)
{
	size_t offset = buf->len;
	char *to = reserve(buf, size);

	if (!to)
		return 0;
	if (size)
		memcpy(to, data, size);
	buf->len += size;
	return offset;
}

size_t rex_buf_add_string(struct rex_buf *buf, const char *string)
{
	return rex_buf_add(buf, string, strlen(string) + 1);
}

size_t rex_buf_add_zeros(struct rex_buf *buf, size_t size)
{
	size_t offset = buf->len;
	char *to = reserve(buf, size);

	if (!to)
		return 0;
	memset(to, 0, size);
	buf->len += size;
	return offset;
}

void rex_buf_align(struct rex_buf *buf, size_t align)
{
	rex_buf_add_zeros(buf, -buf->len & (align - 1));
}

void rex_buf_free(struct rex_buf *buf)
{
	free(buf->data);
	*buf = (struct rex_buf){ 0 };
}
