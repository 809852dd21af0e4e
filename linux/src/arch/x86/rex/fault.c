// SPDX-License-Identifier: GPL-2.0
/*
 * CPU exceptions in programs: what would be an oops ends the program.
 */
#include <linux/hardirq.h>
#include <linux/init.h>
#include <linux/kdebug.h>
#include <linux/notifier.h>
#include <linux/percpu.h>
#include <asm/apic.h>
#include <asm/processor-flags.h>
#include <asm/ptrace.h>
#include <asm/rex.h>
#include <asm/trapnr.h>

#include "../../../kernel/rex/exit.h"
#include "../../../kernel/rex/frame.h"

/**
 * rex_land_at() - let an interrupt or exception return to a landing pad
 * @regs: its registers, which are those of a program's code
 * @landing: the function, which takes no arguments and does not return
 *
 * The stack pointer stays: what the program has on its stack is still read.
 * Interrupts stay as they were.
 *
 * Context: hard interrupt or exception; an NMI returns through a second
 * frame, see nmi.c.
 */
void rex_land_at(struct pt_regs *regs, unsigned long landing)
{
	/* For the backtrace: nothing on the stack says where it came from. */
	raw_cpu_read(rex_frame)->regs = *regs;
	regs->ip = landing;
	regs->flags &= ~X86_EFLAGS_DF;
#ifdef CONFIG_X86_FRED
	regs->fred_cs.wfe = 0;
#endif
}

/**
 * rex_fixup_exception() - end the program in whose code an exception came
 * @regs: the exception's registers
 * @trapnr: its vector
 * @addr: the address of a page fault
 *
 * Context: exception.
 * Return: true when that is what it was; it is handled when it returns.
 */
bool rex_fixup_exception(struct pt_regs *regs, int trapnr, unsigned long addr)
{
	struct rex_frame *frame = raw_cpu_read(rex_frame);

	if (!frame || user_mode(regs) ||
	    !rex_frame_runs(frame, regs->ip, regs->sp))
		return false;

	frame->fault.trapnr = trapnr;
	frame->fault.addr = addr;
	rex_land_at(regs, (unsigned long)rex_fault_landing);
	return true;
}

/*
 * An interrupt whose delivery hit the guard page is in service, as far as the
 * local APIC knows, but no handler will tell it the end of that. Where the
 * program had interrupts on, nothing was in service before. So end each, and
 * raise it again.
 */
static void rex_redeliver_interrupts(void)
{
	u32 vectors[256 / 32];
	int i;

	for (i = 0; i < ARRAY_SIZE(vectors); i++)
		vectors[i] = apic_read(APIC_ISR + i * 0x10);
	for (i = 0; i < ARRAY_SIZE(vectors) * 32; i++)
		if (vectors[i / 32] & BIT(i % 32))
			apic_eoi();
	for (i = 0; i < ARRAY_SIZE(vectors) * 32; i++)
		if (vectors[i / 32] & BIT(i % 32))
			apic->send_IPI_self(i);
}

/**
 * rex_fixup_double_fault() - end a program that ran off its stack
 * @regs: the exception's registers
 * @addr: the address whose access could not be delivered as a page fault
 *
 * The last line: checks in the code keep programs within their stacks. Only
 * a program's own code can be ended so; a helper would be left half-way.
 *
 * Context: double fault.
 * Return: true when that is what it was; it is handled when it returns.
 */
bool rex_fixup_double_fault(struct pt_regs *regs, unsigned long addr)
{
	struct rex_frame *frame = raw_cpu_read(rex_frame);
	unsigned long low;

	if (!frame || !frame->outer || user_mode(regs))
		return false;
	low = (unsigned long)frame->stack;
	if (addr >= low || addr < low - PAGE_SIZE ||
	    !rex_frame_runs(frame, regs->ip, low))
		return false;

	if (regs->flags & X86_EFLAGS_IF)
		rex_redeliver_interrupts();

	frame->fault.trapnr = X86_TRAP_DF;
	frame->fault.addr = addr;
	rex_land_at(regs, (unsigned long)rex_fault_landing);
	/* The landing pad works above what the backtrace reads. */
	regs->sp = frame->stack_limit;
	return true;
}

/* A breakpoint is no fault, so it does not come by the exception tables. */
static int rex_die_notify(struct notifier_block *nb, unsigned long val,
			  void *data)
{
	const struct die_args *args = data;

	if (val != DIE_INT3)
		return NOTIFY_DONE;
	/* The instruction pointer is behind it. */
	args->regs->ip--;
	if (rex_fixup_exception(args->regs, X86_TRAP_BP, 0))
		return NOTIFY_STOP;
	args->regs->ip++;
	return NOTIFY_DONE;
}

static struct notifier_block rex_die_nb = {
	.notifier_call = rex_die_notify,
};

/**
 * rex_fault_init() - take part in the handling of breakpoints
 *
 * Context: process context, once at boot.
 * Return: 0 or an errno.
 */
int __init rex_fault_init(void)
{
	return register_die_notifier(&rex_die_nb);
}
