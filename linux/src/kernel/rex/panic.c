// SPDX-License-Identifier: GPL-2.0
/*
 * The landing pad: where a program ends that can't go on.
 *
 * These functions are called by extensions and do not return to them. They
 * are noinstr, since a tracer that hooked their return would wait for ever.
 * The program's stack is left as it is, and rex_leave() resumes rex_enter().
 */
#define pr_fmt(fmt) "rex: " fmt

#include <linux/filter.h>
#include <linux/instrumentation.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/stacktrace.h>
#include <asm/rex.h>

#include "frame.h"
#include "object.h"
#include "panic.h"
#include "prog.h"

#define REX_PANIC_MSG_MAX	512
#define REX_PANIC_FILE_MAX	128
#define REX_PANIC_TRACE		24

/**
 * struct rex_panic_place - where in the source a panic came from
 * @file: its file, not NUL terminated; NULL where the place is not known
 * @file_len: bytes of @file
 * @line: its line, from 1
 * @col: its column, from 1
 */
struct rex_panic_place {
	const char	*file;
	u32		file_len;
	u32		line;
	u32		col;
};

/*
 * Everything is printed deferred: the program may run under a lock that the
 * console takes, or in NMI context.
 */
static noinline void rex_panic_report(const struct bpf_prog *prog,
				      const char *msg, u32 len,
				      const struct rex_panic_place *place)
{
	struct rex_prog *rp = prog->aux->rex;
	unsigned long trace[REX_PANIC_TRACE];
	unsigned int i, n;

	atomic64_inc(&rp->panics);
	if (!__ratelimit(&rp->panic_rs))
		return;

	len = min_t(u32, len, REX_PANIC_MSG_MAX);
	if (place)
		printk_deferred(KERN_ERR pr_fmt("program '%s/%s' panicked at %.*s:%u:%u: %.*s\n"),
				rp->object->name, rp->desc->name,
				min_t(u32, place->file_len, REX_PANIC_FILE_MAX),
				place->file, place->line, place->col, len, msg);
	else
		printk_deferred(KERN_ERR pr_fmt("program '%s/%s' panicked: %.*s\n"),
				rp->object->name, rp->desc->name, len, msg);

	/* The first two entries are this function and its caller. */
	n = stack_trace_save(trace, ARRAY_SIZE(trace), 2);
	printk_deferred(KERN_ERR pr_fmt("backtrace:\n"));
	for (i = 0; i < n; i++)
		printk_deferred(KERN_ERR pr_fmt("  %pB\n"), (void *)trace[i]);
}

static __always_inline void __noreturn
rex_land(const char *msg, u32 len, const struct rex_panic_place *place)
{
	struct rex_frame *frame = raw_cpu_read(rex_frame);
	u32 verdict;

	instrumentation_begin();
	rex_panic_report(frame->prog, msg, len, place);
	verdict = rex_prog_default_verdict(frame->prog);
	if (frame->panicking) {
		frame->panicking = false;
		frame->stack_limit += REX_STACK_PANIC_STEP;
	}
	instrumentation_end();

	rex_leave(verdict);
}

#define rex_land_literal(msg) rex_land(msg, sizeof(msg) - 1, NULL)

/**
 * rex_panic_begin() - a panic starts: its message will be formatted
 *
 * Opens the stack's panic part, which is enough for the formatting whatever
 * the program had used. A panic while a panic's message is formatted ends
 * the program here.
 *
 * Context: called by an extension, any context.
 */
noinstr void rex_panic_begin(void)
{
	struct rex_frame *frame = raw_cpu_read(rex_frame);

	if (frame->panicking)
		rex_land_literal("panicked while the message of a panic was formatted");

	frame->panicking = true;
	frame->stack_limit -= REX_STACK_PANIC_STEP;
}

/**
 * rex_panic() - end the program with a panic message
 * @msg: the message, not NUL terminated
 * @len: bytes of @msg; cut at 512
 * @file: file of the panic's place in the source, not NUL terminated
 * @file_len: bytes of @file; cut at 128
 * @line: its line
 * @col: its column
 *
 * Context: called by an extension after rex_panic_begin(), any context.
 */
noinstr void __noreturn rex_panic(const char *msg, u32 len, const char *file,
				  u32 file_len, u32 line, u32 col)
{
	const struct rex_panic_place place = {
		.file = file, .file_len = file_len, .line = line, .col = col,
	};

	rex_land(msg, len, &place);
}

/**
 * rex_stack_overflow() - end the program: a stack check failed
 *
 * Context: called by an extension, any context. Up to REX_STACK_SLACK below
 * the limit are in use; the parts below are free.
 */
noinstr void __noreturn rex_stack_overflow(void)
{
	rex_land_literal("stack overflow");
}

/**
 * rex_kill_landing() - end the program: it was asked to end
 *
 * Call thunks jump here after a helper returned.
 *
 * Context: called by an extension, any context.
 */
noinstr void __noreturn rex_kill_landing(void)
{
	rex_land_literal("ended on request");
}
