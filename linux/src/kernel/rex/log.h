/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _REX_LOG_H
#define _REX_LOG_H

#include <linux/compiler_attributes.h>
#include <linux/types.h>

/**
 * struct rex_log - the reason of a refusal, for user space
 * @object: name of the object that the messages are about
 * @buf: kernel copy of the log, NUL terminated
 * @len: bytes used in @buf, without the NUL
 */
struct rex_log {
	const char	*object;
	char		*buf;
	u32		len;
};

int rex_log_init(struct rex_log *log, const char *object);
__printf(2, 3) void rex_log(struct rex_log *log, const char *fmt, ...);
int rex_log_copy_out(struct rex_log *log, void __user *ubuf, u32 size,
		     u32 __user *true_size);

#endif /* _REX_LOG_H */
