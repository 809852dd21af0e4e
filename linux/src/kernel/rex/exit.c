// SPDX-License-Identifier: GPL-2.0
/*
 * The landing pads: where a program ends that does not return.
 *
 * Extensions call these functions, or an interrupt or exception returns to
 * them out of the extension's code. They do not return to it. They are
 * noinstr, since a tracer that hooked their return would wait for ever. The
 * program's stack is left as it is, and rex_leave() resumes rex_enter().
 */
#include <linux/bug.h>
#include <linux/instrumentation.h>
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <asm/rex.h>
#include <asm/trapnr.h>

#include "exit.h"
#include "frame.h"
#include "prog.h"
#include "report.h"

static __always_inline void __noreturn
rex_land(enum rex_exit_kind kind, const char *msg, u32 len,
	 const struct rex_place *place)
{
	struct rex_frame *frame = raw_cpu_read(rex_frame);
	u32 verdict;

	instrumentation_begin();
	rex_ledger_release(frame);
	rex_report_exit(frame, kind, msg, len, place);
	verdict = rex_prog_default_verdict(frame->prog);
	frame->regs.cs = 0;
	if (frame->panicking) {
		frame->panicking = false;
		frame->stack_limit += REX_STACK_PANIC_STEP;
	}
	instrumentation_end();

	rex_leave(verdict);
	BUG();
}

#define rex_land_literal(kind, msg) \
	rex_land(kind, msg, sizeof(msg) - 1, NULL)

/**
 * rex_panic_begin() - a panic starts: its message will be formatted
 *
 * Opens the stack's panic part, which is enough for the formatting whatever
 * the program had used, and gives it a budget of its own. A panic while a
 * panic's message is formatted ends the program here.
 *
 * Context: called by an extension, any context.
 */
noinstr void rex_panic_begin(void)
{
	struct rex_frame *frame = raw_cpu_read(rex_frame);

	if (frame->panicking)
		rex_land_literal(REX_EXIT_PANIC,
				 "panicked while the message of a panic was formatted");

	frame->panicking = true;
	frame->stack_limit -= REX_STACK_PANIC_STEP;
	frame->ticks.state = 0;		/* no program's: counts anew */
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
	const struct rex_place place = {
		.file = file, .file_len = file_len, .line = line, .col = col,
	};

	rex_land(REX_EXIT_PANIC, msg, len, &place);
}

/**
 * rex_stack_overflow() - end the program: a stack check failed
 *
 * Context: called by an extension, any context. Up to REX_STACK_SLACK below
 * the limit are in use; the parts below are free.
 */
noinstr void __noreturn rex_stack_overflow(void)
{
	if (raw_cpu_read(rex_frame)->panicking)
		rex_land_literal(REX_EXIT_PANIC,
				 "stack overflow while the message of a panic was formatted");
	rex_land_literal(REX_EXIT_PANIC, "stack overflow");
}

/**
 * rex_kill_landing() - end the program: the watchdog asked for it
 *
 * Call thunks jump here after a helper returned, polls in the extension's code
 * call it, and the watchdog's interrupt returns here out of that code.
 *
 * Context: on the program's stack, any context.
 */
noinstr void __noreturn rex_kill_landing(void)
{
	if (raw_cpu_read(rex_frame)->panicking)
		rex_land_literal(REX_EXIT_PANIC,
				 "formatting the message of a panic took longer than the budget");
	rex_land_literal(REX_EXIT_TIMEOUT, "ran longer than its budget");
}

static noinline u32 rex_fault_describe(const struct rex_frame *frame,
				       char *msg, u32 size)
{
	const struct rex_fault *fault = &frame->fault;
	void *ip = (void *)frame->regs.ip;
	static const char *const names[] = {
		[X86_TRAP_DE] = "divide error",
		[X86_TRAP_BP] = "breakpoint",
		[X86_TRAP_UD] = "invalid instruction",
		[X86_TRAP_DF] = "stack overflow into the guard page",
		[X86_TRAP_GP] = "general protection fault",
		[X86_TRAP_PF] = "page fault",
	};
	const char *name = "exception";

	if (fault->trapnr < ARRAY_SIZE(names) && names[fault->trapnr])
		name = names[fault->trapnr];

	if (fault->trapnr == X86_TRAP_PF || fault->trapnr == X86_TRAP_DF)
		return scnprintf(msg, size, "%s at address 0x%lx in %pS", name,
				 fault->addr, ip);
	return scnprintf(msg, size, "%s in %pS", name, ip);
}

/**
 * rex_fault_landing() - end the program: its code caused an exception
 *
 * The exception returns here.
 *
 * Context: on the program's stack, any context.
 */
noinstr void __noreturn rex_fault_landing(void)
{
	struct rex_frame *frame = raw_cpu_read(rex_frame);
	char msg[256];
	u32 len;

	instrumentation_begin();
	len = rex_fault_describe(frame, msg, sizeof(msg));
	instrumentation_end();

	rex_land(REX_EXIT_FAULT, msg, len, NULL);
}
