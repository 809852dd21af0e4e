// SPDX-License-Identifier: GPL-2.0
/*
 * NMIs for the watchdog: ticks for a CPU that has its interrupts off.
 */
#include <linux/cpufeature.h>
#include <linux/init.h>
#include <linux/nmi.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <asm/apic.h>
#include <asm/processor-flags.h>
#include <asm/ptrace.h>
#include <asm/rex.h>

#include "../../../kernel/rex/exit.h"
#include "../../../kernel/rex/frame.h"
#include "../../../kernel/rex/watchdog.h"

static DEFINE_PER_CPU(bool, rex_nmi_pending);

/**
 * rex_nmi_send() - send a CPU a tick by NMI
 * @cpu: the CPU
 *
 * Context: any.
 */
void rex_nmi_send(unsigned int cpu)
{
	/* Two that are delivered as one would leave the other unknown. */
	if (!xchg(per_cpu_ptr(&rex_nmi_pending, cpu), true))
		__apic_send_IPI(cpu, NMI_VECTOR);
}

/**
 * rex_nmi_forget() - a CPU comes up, and NMIs from before will not arrive
 * @cpu: the CPU
 *
 * Context: any.
 */
void rex_nmi_forget(unsigned int cpu)
{
	WRITE_ONCE(per_cpu(rex_nmi_pending, cpu), false);
}

/**
 * rex_nmi_deaf() - tell whether a program runs in an NMI, so that none comes
 * @cpu: its CPU, which was sent a tick
 * @frame: its frame
 *
 * Not so where the tick's NMI, or another, is on top of the program. A program
 * at a breakpoint is in NMI context too, but takes its ticks.
 *
 * Context: any, while the program runs.
 */
bool rex_nmi_deaf(unsigned int cpu, const struct rex_frame *frame)
{
	int nmis = READ_ONCE(per_cpu(pcpu_hot.preempt_count, cpu)) & NMI_MASK;

	return READ_ONCE(per_cpu(rex_nmi_pending, cpu)) && nmis &&
	       nmis == (READ_ONCE(frame->preempt_count) & NMI_MASK);
}

/*
 * From kernel mode an NMI does not return through its pt_regs: entry_64.S
 * keeps the frame that IRET uses, a copy made before, right above them. Both
 * have to change, as either is used: a nested NMI makes the handler run again,
 * and that starts with a new copy from the outermost frame, pt_regs' one.
 * Where the nested NMI has put repeat_nmi in the copy's place, that stays.
 * With FRED there is one frame.
 */
static void rex_nmi_land(struct pt_regs *regs, unsigned long landing)
{
	unsigned long ip = regs->ip;

	rex_land_at(regs, landing);
	if (!cpu_feature_enabled(X86_FEATURE_FRED))
		cmpxchg_local((unsigned long *)(regs + 1), ip, landing);
}

static int rex_nmi_handler(unsigned int type, struct pt_regs *regs)
{
	enum rex_tick_kind kind = regs->flags & X86_EFLAGS_IF ? REX_TICK_LATE :
								REX_TICK_NMI;

	if (!this_cpu_xchg(rex_nmi_pending, false))
		return NMI_DONE;

	if (rex_tick(regs, kind))
		rex_nmi_land(regs, (unsigned long)rex_kill_landing);
	return NMI_HANDLED;
}

/**
 * rex_nmi_init() - register the handler
 *
 * Context: process context, once at boot.
 * Return: 0 or an errno.
 */
int __init rex_nmi_init(void)
{
	return register_nmi_handler(NMI_LOCAL, rex_nmi_handler, 0, "rex");
}
