// SPDX-License-Identifier: GPL-2.0
/*
 * Frames and the stacks they lie on: REX_LEVELS for each CPU, allocated when
 * the first object is loaded and for every CPU that comes up afterwards.
 */
#define pr_fmt(fmt) "rex: " fmt

#include <linux/cpuhotplug.h>
#include <linux/filter.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/vmalloc.h>
#include <asm/rex.h>
#include <asm/rex_stack.h>

#include "frame.h"
#include "object.h"
#include "prog.h"

DEFINE_PER_CPU(struct rex_frame *, rex_frame);
static DEFINE_PER_CPU(struct rex_frame, rex_base_frame);

/* enter.S and the extensions know these. */
static_assert(offsetof(struct rex_frame, stack_limit) == REX_FRAME_STACK_LIMIT);
static_assert(offsetof(struct rex_frame, state) == REX_FRAME_STATE);
static_assert(offsetof(struct rex_frame, saved_sp) == REX_FRAME_SAVED_SP);
static_assert(offsetof(struct rex_frame, outer) == REX_FRAME_OUTER);
static_assert(offsetof(struct rex_frame, inner) == REX_FRAME_INNER);
static_assert(offsetof(struct rex_frame, prog) == REX_FRAME_PROG);
static_assert(offsetof(struct rex_frame, preempt_count) == REX_FRAME_PREEMPT);
static_assert(offsetof(struct rex_frame, ledger.cnt) == REX_FRAME_LEDGER_CNT);

/* It has a page, above its stack. */
static_assert(sizeof(struct rex_frame) <= PAGE_SIZE);

static void rex_stacks_free(struct rex_frame *frame)
{
	struct rex_frame *inner;

	for (; frame; frame = inner) {
		inner = frame->inner;
		vfree(frame->stack);
	}
}

static struct rex_frame *rex_stack_alloc(unsigned int cpu)
{
	struct rex_frame *frame;
	void *stack;

	/* As for a task's stack: what lies below is not mapped. */
	stack = __vmalloc_node(REX_STACK_SIZE + PAGE_SIZE, THREAD_ALIGN,
			       GFP_KERNEL | __GFP_ZERO, cpu_to_node(cpu),
			       __builtin_return_address(0));
	if (!stack)
		return NULL;

	frame = stack + REX_STACK_SIZE;
	frame->stack = stack;
	frame->stack_limit = (unsigned long)frame - REX_STACK_PROG;
	return frame;
}

static int rex_stacks_alloc(unsigned int cpu)
{
	struct rex_frame *base = per_cpu_ptr(&rex_base_frame, cpu);
	struct rex_frame *frame, *inner = NULL;
	int level;

	if (base->inner)	/* from the last time this CPU was up */
		return 0;

	for (level = 0; level < REX_LEVELS; level++) {
		frame = rex_stack_alloc(cpu);
		if (!frame) {
			rex_stacks_free(inner);
			return -ENOMEM;
		}
		frame->inner = inner;
		if (inner)
			inner->outer = frame;
		inner = frame;
	}
	inner->outer = base;

	/* From here on they stay: rex_frames() hands them out. */
	smp_store_release(&base->inner, inner);
	/* No program is loaded yet, or the CPU is not up. */
	per_cpu(rex_frame, cpu) = base;
	return 0;
}

/**
 * rex_frames() - the frames of a CPU, to look at
 * @cpu: the CPU
 *
 * Context: any.
 * Return: the first, from which the field inner leads to the others; NULL
 * where the CPU has none yet. They are never freed.
 */
const struct rex_frame *rex_frames(unsigned int cpu)
{
	/* With rex_stacks_alloc(): the frames behind the first are linked. */
	return smp_load_acquire(&per_cpu(rex_base_frame, cpu).inner);
}

/**
 * rex_stacks_prepare() - make sure that every CPU has stacks for programs
 *
 * Context: process context, may sleep.
 * Return: 0 or -ENOMEM.
 */
int rex_stacks_prepare(void)
{
	static DEFINE_MUTEX(lock);
	static bool ready;
	int err = 0;

	guard(mutex)(&lock);
	if (!ready) {
		err = cpuhp_setup_state(CPUHP_BP_PREPARE_DYN, "rex:stacks",
					rex_stacks_alloc, NULL);
		ready = err >= 0;
	}
	return min(err, 0);
}

/**
 * rex_frame_runs() - tell whether registers are those of a program's code
 * @frame: the frame of this CPU's program
 * @ip: the instruction pointer
 * @sp: the stack pointer
 *
 * Context: interrupt or exception on this CPU.
 * Return: true for the extension's own code and its thunks, on its stack;
 * false in a helper.
 */
noinstr bool rex_frame_runs(const struct rex_frame *frame, unsigned long ip,
			    unsigned long sp)
{
	return rex_frame_has_stack(frame, sp) &&
	       rex_image_text(&frame->prog->aux->rex->object->image, ip);
}

/**
 * rex_frame_miss() - a program was not run, since all frames are in use
 * @prog: the program
 *
 * rex_enter() calls it in place of the program.
 *
 * Context: any.
 * Return: what to return in place of the program's verdict.
 */
u32 rex_frame_miss(struct bpf_prog *prog)
{
	bpf_prog_inc_misses_counter(prog);
	return rex_prog_default_verdict(prog);
}
