// SPDX-License-Identifier: GPL-2.0
/*
 * What the world learns of a program that did not return: a counter, a trace
 * event, and, limited in rate, lines in the kernel log.
 *
 * The lines are printed deferred: the program may run under a lock that the
 * console takes, or in NMI context.
 */
#define pr_fmt(fmt) "rex: " fmt

#include <linux/bpf.h>
#include <linux/irq_work.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/stacktrace.h>
#include <linux/string.h>

#include "frame.h"
#include "object.h"
#include "report.h"

#define CREATE_TRACE_POINTS
#include <trace/events/rex.h>

#define REX_MSG_MAX	512
#define REX_FILE_MAX	128
#define REX_TRACE_MAX	24

static const char *const rex_exit_verbs[REX_EXIT_KINDS_CNT] = {
	[REX_EXIT_PANIC]	= "panicked",
	[REX_EXIT_FAULT]	= "faulted",
	[REX_EXIT_TIMEOUT]	= "timed out",
};

static void rex_report_trace(const struct bpf_prog *prog,
			     enum rex_exit_kind kind, const char *msg, u32 len)
{
	const struct rex_prog *rp = prog->aux->rex;
	char reason[128];

	if (!trace_rex_exit_enabled())
		return;
	len = min_t(u32, len, sizeof(reason) - 1);
	memcpy(reason, msg, len);
	reason[len] = '\0';
	trace_rex_exit(prog->aux->id, rp->object->name, rp->desc->name, kind,
		       reason);
}

static void rex_report_log(struct rex_frame *frame, enum rex_exit_kind kind,
			   const char *msg, u32 len,
			   const struct rex_place *place)
{
	const struct rex_prog *rp = frame->prog->aux->rex;
	unsigned long trace[REX_TRACE_MAX];
	unsigned int i, n;

	len = min_t(u32, len, REX_MSG_MAX);
	if (place)
		printk_deferred(KERN_ERR pr_fmt("program '%s/%s' %s at %.*s:%u:%u: %.*s\n"),
				rp->object->name, rp->desc->name,
				rex_exit_verbs[kind],
				min_t(u32, place->file_len, REX_FILE_MAX),
				place->file, place->line, place->col, len, msg);
	else
		printk_deferred(KERN_ERR pr_fmt("program '%s/%s' %s: %.*s\n"),
				rp->object->name, rp->desc->name,
				rex_exit_verbs[kind], len, msg);

	if (frame->regs.cs)
		n = stack_trace_save_regs(&frame->regs, trace,
					  ARRAY_SIZE(trace), 0);
	else	/* without this function and rex_report_exit() */
		n = stack_trace_save(trace, ARRAY_SIZE(trace), 2);
	printk_deferred(KERN_ERR pr_fmt("backtrace:\n"));
	for (i = 0; i < n; i++)
		printk_deferred(KERN_ERR pr_fmt("  %pB\n"), (void *)trace[i]);
}

/**
 * rex_report_exit() - make known that a program did not return
 * @frame: its frame
 * @kind: how it ended
 * @msg: the panic's message, or what was the matter; not NUL terminated
 * @len: bytes of @msg
 * @place: where in the source that was, or NULL
 *
 * Context: any in which the program can run, on its stack.
 */
noinline void rex_report_exit(struct rex_frame *frame,
			      enum rex_exit_kind kind, const char *msg,
			      u32 len, const struct rex_place *place)
{
	const struct bpf_prog *prog = frame->prog;
	struct rex_prog *rp = prog->aux->rex;
	u64 exits;

	atomic64_inc(&rp->exits[kind]);
	exits = atomic64_inc_return(&rp->exits_total);
	if (exits == rp->max_exits)
		irq_work_queue(&rp->disable_irq_work);

	rex_report_trace(prog, kind, msg, len);
	if (__ratelimit(&rp->report_rs))
		rex_report_log(frame, kind, msg, len, place);
}
