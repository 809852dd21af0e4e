/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _REX_FRAME_H
#define _REX_FRAME_H

#include <linux/percpu-defs.h>
#include <linux/ptrace.h>
#include <linux/sizes.h>
#include <linux/thread_info.h>
#include <linux/types.h>
#include <asm/rex.h>

#include "ledger.h"

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
 * The linker keeps each object within the parts above the reserve. The frame
 * has the page above the program's part.
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
 * struct rex_fault - a CPU exception in a program
 * @trapnr: its vector
 * @addr: the address of a page fault
 */
struct rex_fault {
	int		trapnr;
	unsigned long	addr;
};

/**
 * enum rex_tick_kind - what a tick of the watchdog tells
 * @REX_TICK_IN_TIME: the timer's, in time: a millisecond was used
 * @REX_TICK_LATE: the timer's or an NMI, late: the CPU was away
 * @REX_TICK_NMI: an NMI, for interrupts are off: either
 */
enum rex_tick_kind {
	REX_TICK_IN_TIME,
	REX_TICK_LATE,
	REX_TICK_NMI,
	REX_TICK_KINDS_CNT,
};

/**
 * struct rex_ticks - ticks of the watchdog that found a program running
 * @state: the frame's state without REX_FRAME_KILL when counting began
 * @cnt: how many, by kind
 */
struct rex_ticks {
	unsigned long	state;
	u32		cnt[REX_TICK_KINDS_CNT];
};

/**
 * struct rex_frame - one running program
 * @stack_limit: where stack checks end the program; extensions read it
 * @state: bits 63-1 count the programs that ran in this frame; bit 0,
 *	REX_FRAME_KILL, asks the one that runs to end
 * @saved_sp: stack pointer of rex_enter() on the stack it left
 * @outer: the frame below, which this one interrupted
 * @inner: the frame above; NULL in the last
 * @prog: the program
 * @preempt_count: the CPU's when the program was entered
 * @ledger: what the program holds; empty when none runs
 * @stack: low end of the stack
 * @panicking: the message of a panic is being formatted
 * @fault: the exception that ends the program
 * @regs: registers of the program's code, where an interrupt or exception
 *	ends it; cs is 0 where none does
 * @ticks: for how long it runs
 *
 * A frame lies above its stack and stays there: entering a program is a step
 * to @inner. The stack that comes before the first is the kernel's own; its
 * frame, the base, has no stack and no @outer.
 *
 * Frames of a CPU are entered and left in the order of a stack, since what
 * interrupts a program ends before it. A frame is taken by the write to
 * rex_frame and filled afterwards; an interrupt in between uses the next one.
 *
 * Only the CPU itself writes to a frame, with one exception: others ask the
 * program to end, with a compare-and-exchange of @state that fails unless it
 * is that very invocation.
 */
struct rex_frame {
	unsigned long		stack_limit;
	unsigned long		state;
	unsigned long		saved_sp;
	struct rex_frame	*outer;
	struct rex_frame	*inner;
	const struct bpf_prog	*prog;
	int			preempt_count;
	struct rex_ledger	ledger;
	void			*stack;
	bool			panicking;
	struct rex_fault	fault;
	struct pt_regs		regs;
	struct rex_ticks	ticks;
} __aligned(16);

/* The frame of the program that runs, or the base; NULL before any load. */
DECLARE_PER_CPU(struct rex_frame *, rex_frame);

/**
 * rex_frame_has_stack() - tell whether an address is on a frame's stack
 * @frame: the frame; the base has no stack
 * @sp: the address
 *
 * Context: any.
 */
static __always_inline bool rex_frame_has_stack(const struct rex_frame *frame,
						unsigned long sp)
{
	return frame->outer && sp >= (unsigned long)frame->stack &&
	       sp <= (unsigned long)frame;
}

/**
 * rex_frame_kill() - ask the program in a frame to end
 * @frame: the frame, of any CPU
 * @state: its state when it was seen to run too long
 *
 * Nothing happens where that invocation is over.
 *
 * Context: any.
 */
static __always_inline void rex_frame_kill(struct rex_frame *frame,
					   unsigned long state)
{
	cmpxchg(&frame->state, state & ~(unsigned long)REX_FRAME_KILL,
		state | REX_FRAME_KILL);
}

bool rex_frame_runs(const struct rex_frame *frame, unsigned long ip,
		    unsigned long sp);
int rex_stacks_prepare(void);
const struct rex_frame *rex_frames(unsigned int cpu);
u32 rex_frame_miss(struct bpf_prog *prog);

#endif /* _REX_FRAME_H */
