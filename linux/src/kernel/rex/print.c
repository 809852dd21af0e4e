// SPDX-License-Identifier: GPL-2.0
/*
 * Lines of extensions in the trace buffer. They come formatted, so this is
 * bpf_trace_printk() without its format parser and its buffers.
 */
#include <linux/errno.h>
#include <linux/rex.h>

#include "print.h"
#include "../trace/bpf_trace.h"

#define REX_TRACE_LINE_MAX	512

/**
 * rex_trace_printk() - print a line to the trace buffer
 * @buf: the line, NUL terminated
 * @len: bytes of @buf with the NUL; at most 512
 *
 * It appears as an event bpf_trace:bpf_trace_printk, which fetching a program
 * that can call this function enables.
 *
 * Context: called by an extension, any context.
 * Return: the length without the NUL, or -EINVAL.
 */
int rex_trace_printk(const char *buf, u32 len)
{
	if (!len || len > REX_TRACE_LINE_MAX || buf[len - 1])
		return -EINVAL;

	trace_bpf_trace_printk(buf);
	return len - 1;
}
