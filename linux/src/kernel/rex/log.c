// SPDX-License-Identifier: GPL-2.0
/*
 * The log of a bpf(2) command: one line says what was refused, where, why,
 * and what to do. It is gathered in kernel memory and copied to user space
 * when the command ends, whatever its outcome.
 */
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "log.h"

#define REX_LOG_SIZE	2048

/**
 * rex_log_init() - begin a log
 * @log: the log
 * @object: name of the object that the messages are about; must outlive @log
 *
 * Context: process context, may sleep.
 * Return: 0 or -ENOMEM.
 */
int rex_log_init(struct rex_log *log, const char *object)
{
	log->object = object;
	log->len = 0;
	log->buf = kzalloc(REX_LOG_SIZE, GFP_KERNEL_ACCOUNT);
	return log->buf ? 0 : -ENOMEM;
}

/**
 * rex_log() - add a line
 * @log: the log
 * @fmt: printf format, without prefix and newline
 *
 * What does not fit is cut; the lines that can occur are far shorter. Names
 * come from the file: none of them may fake a line or steer a terminal.
 */
void rex_log(struct rex_log *log, const char *fmt, ...)
{
	u32 i = log->len;
	va_list args;

	log->len += scnprintf(log->buf + log->len, REX_LOG_SIZE - log->len,
			      "rex: object '%s': ", log->object);
	va_start(args, fmt);
	log->len += vscnprintf(log->buf + log->len, REX_LOG_SIZE - log->len,
			       fmt, args);
	va_end(args);
	for (; i < log->len; i++)
		if (!isascii(log->buf[i]) || !isprint(log->buf[i]))
			log->buf[i] = '?';
	log->len += scnprintf(log->buf + log->len, REX_LOG_SIZE - log->len,
			      "\n");
}

/**
 * rex_log_copy_out() - hand a log to user space and end it
 * @log: the log
 * @ubuf: where user space wants it, or NULL
 * @size: bytes at @ubuf
 * @true_size: where the size that the whole log needs is stored
 *
 * Context: process context, may sleep.
 * Return: 0, or -EFAULT.
 */
int rex_log_copy_out(struct rex_log *log, void __user *ubuf, u32 size,
		     u32 __user *true_size)
{
	u32 need = log->len + 1;
	int err = 0;

	if (ubuf && size) {
		u32 n = min(need, size);

		/* A cut log ends in a NUL all the same. */
		log->buf[n - 1] = '\0';
		if (copy_to_user(ubuf, log->buf, n))
			err = -EFAULT;
	}
	if (put_user(need, true_size))
		err = -EFAULT;

	kfree(log->buf);
	log->buf = NULL;
	return err;
}
