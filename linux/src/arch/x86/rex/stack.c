// SPDX-License-Identifier: GPL-2.0
/*
 * The unwinder's view of the stacks that programs run on.
 */
#include <linux/percpu.h>
#include <asm/rex_stack.h>
#include <asm/stacktrace.h>

#include "../../../kernel/rex/frame.h"

/**
 * in_rex_stack() - find the Rex stack of this CPU that an address is on
 * @stack: the address
 * @info: set when it is on one: the stack, and where the trace goes on
 *
 * Only the stacks of running programs count. Each level is a type of its own,
 * since the unwinder visits a type once.
 *
 * Context: any.
 * Return: true when the address is on such a stack.
 */
noinstr bool in_rex_stack(unsigned long *stack, struct stack_info *info)
{
	const struct rex_frame *frame, *f;
	enum stack_type type = STACK_TYPE_REX;

	frame = raw_cpu_read(rex_frame);
	if (!frame || !frame->outer)
		return false;

	while ((void *)stack < frame->stack ||
	       (void *)stack >= (void *)frame) {
		frame = frame->outer;
		if (!frame->outer)
			return false;
	}

	for (f = frame->outer; f->outer; f = f->outer)
		type++;

	info->type = type;
	info->begin = frame->stack;
	info->end = (unsigned long *)frame;
	info->next_sp = (unsigned long *)frame->saved_sp;
	return true;
}
