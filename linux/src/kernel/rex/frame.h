/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _REX_FRAME_H
#define _REX_FRAME_H

#include <linux/percpu-defs.h>
#include <linux/sizes.h>
#include <linux/thread_info.h>
#include <linux/types.h>

struct bpf_prog;

/*
 * The parts of a stack, from its high end:
 *
 *	program		what a program may use; its limit is at the low end
 *	slack		what a function that passed a stack check, and what it
 *			calls, may use below the limit until the next check
 *	panic		formatting a panic's message, for which the limit is
 *			lowered to the low end of this part
 *	slack		the same for checks while the message is formatted
 *	reserve		the kernel's: helpers that a program calls, and
 *			hardirqs, which stay on this stack where the program
 *			runs in a softirq and so in place of the IRQ stack
 *
 * The linker keeps each object within the parts above the reserve.
 */
#define REX_STACK_PROG		SZ_16K
#define REX_STACK_SLACK		SZ_8K
#define REX_STACK_PANIC		SZ_8K
#define REX_STACK_RESERVE	THREAD_SIZE
#define REX_STACK_SIZE		(REX_STACK_PROG + REX_STACK_SLACK +	\
				 REX_STACK_PANIC + REX_STACK_SLACK +	\
				 REX_STACK_RESERVE)

/* How far the limit goes down when a panic starts. */
#define REX_STACK_PANIC_STEP	(REX_STACK_SLACK + REX_STACK_PANIC)

/**
 * struct rex_frame - one running program
 * @stack_limit: where stack checks end the program; extensions read it
 * @state: bits 63-1 count the programs that ran in this frame; bit 0,
 *	REX_FRAME_KILL, asks the one that runs to end
 * @saved_sp: stack pointer of rex_enter() on the stack it left
 * @outer: the frame below, which this one interrupted
 * @inner: the frame above; NULL in the last
 * @prog: the program
 * @stack: low end of the stack
 * @panicking: the message of a panic is being formatted
 *
 * A frame lies at the top of its stack and stays there: entering a program
 * is a step to @inner. The stack that comes before the first is the
 * kernel's own; its frame, the base, has no stack and no @outer.
 *
 * Frames of a CPU are entered and left in the order of a stack, since what
 * interrupts a program ends before it. A frame is taken by the write to
 * rex_frame and filled afterwards; an interrupt in between uses the next one.
 */
struct rex_frame {
	unsigned long		stack_limit;
	unsigned long		state;
	unsigned long		saved_sp;
	struct rex_frame	*outer;
	struct rex_frame	*inner;
	const struct bpf_prog	*prog;
	void			*stack;
	bool			panicking;
} __aligned(16);

/* The frame of the program that runs, or the base; NULL before any load. */
DECLARE_PER_CPU(struct rex_frame *, rex_frame);

int rex_stacks_prepare(void);
u32 rex_frame_miss(struct bpf_prog *prog);
void __noreturn rex_kill_landing(void);

#endif /* _REX_FRAME_H */
