/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The stacks of Rex programs, for asm/stacktrace.h.
 */
#ifndef _ASM_X86_REX_STACK_H
#define _ASM_X86_REX_STACK_H

#include <linux/types.h>

struct stack_info;

/*
 * Stacks that can be in use on one CPU at a time: a program can be on top of
 * another in softirq, hardirq and NMI context, and where a kernel function
 * that a helper calls has a program attached.
 */
#define REX_LEVELS		6

#ifdef CONFIG_REX
bool in_rex_stack(unsigned long *stack, struct stack_info *info);
#else
static inline bool in_rex_stack(unsigned long *stack, struct stack_info *info)
{
	return false;
}
#endif

#endif /* _ASM_X86_REX_STACK_H */
