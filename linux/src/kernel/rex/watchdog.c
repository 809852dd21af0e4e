// SPDX-License-Identifier: GPL-2.0
/*
 * The watchdog: ends programs that run longer than their budget.
 *
 * While programs are loaded, a timer ticks on each CPU once a millisecond. A
 * tick that finds itself right on top of a program, in its code or in a
 * helper it called, counts against that invocation. So time does not count in
 * which the CPU did not run the program: interrupts and programs on top.
 *
 * A tick that comes late tells that the CPU was away, as when a hypervisor
 * runs another machine on it, and not how long the program ran: one of
 * microseconds can stand still for some ticks. So it takes more of those, see
 * rex_ticks_used_up().
 *
 * When an invocation has used its budget, it is asked to end. In its own code
 * it is made to at once, by a new return address for the interrupt. In a
 * helper it goes on until that returns, which is when the call thunk finds
 * the request.
 *
 * With interrupts off the tick does not come. So each CPU watches the next one
 * as well: where that has not ticked for REX_WATCH_LOOKS milliseconds, and one
 * and the same program was there all the time, others on top of it or not, it
 * gets an NMI for each further millisecond, which counts as a tick. As it does
 * not watch meanwhile, the one behind it is watched in its place.
 *
 * Nothing interrupts a program in NMI context. The LLVM pass makes those that
 * can run there poll the request to end.
 */
#define pr_fmt(fmt) "rex: " fmt

#include <linux/bpf.h>
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/hrtimer.h>
#include <linux/init.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/smp.h>
#include <linux/sysctl.h>
#include <linux/uaccess.h>
#include <asm/irq_regs.h>
#include <asm/rex.h>

#include "exit.h"
#include "frame.h"
#include "object.h"
#include "watchdog.h"

#define REX_TICK_NS	NSEC_PER_MSEC
#define REX_LATE_NS	(REX_TICK_NS / 10)
/* So many NMIs more than its budget end a program. */
#define REX_NMI_SLACK	3
/* So many ticks more where some came late, but at most seven budgets. */
#define REX_LATE_SLACK	50
#define REX_WATCH_LOOKS	5

/**
 * struct rex_watch - what is known of a CPU that is watched
 * @ticks: its ticks at the last look
 * @first_state: the state of its first frame then, with REX_FRAME_KILL
 * @looks: how many looks found these unchanged
 * @frame: the frame of the program on top
 * @state: the state of that, with REX_FRAME_KILL
 * @frame_looks: how many looks found these two unchanged
 *
 * Written by the CPU that watches. Where that changes, two can do so for a
 * moment, which costs or gains a look.
 */
struct rex_watch {
	unsigned long		ticks;
	unsigned long		first_state;
	u32			looks;
	struct rex_frame	*frame;
	unsigned long		state;
	u32			frame_looks;
};

static DEFINE_PER_CPU(struct hrtimer, rex_timer);
static DEFINE_PER_CPU(unsigned long, rex_ticks);
static DEFINE_PER_CPU(struct rex_watch, rex_watch);

static int rex_budget_sysctl = REX_BUDGET_MS_DEFAULT;

static u32 rex_budget_or_sysctl(u32 budget_ms)
{
	return budget_ms ?: READ_ONCE(rex_budget_sysctl);
}

/**
 * rex_budget_ms() - how long a program may run
 * @prog: the program
 *
 * Context: any.
 * Return: what was asked for when it was loaded, or else what the sysctl
 * kernel.rex.budget_ms says.
 */
u32 rex_budget_ms(const struct bpf_prog *prog)
{
	return rex_budget_or_sysctl(prog->aux->rex->budget_ms);
}

static bool rex_ticks_used_up(const struct rex_ticks *ticks, u32 budget)
{
	u32 slack = min(7 * budget, (u32)REX_LATE_SLACK);

	return ticks->cnt[REX_TICK_IN_TIME] > budget ||
	       ticks->cnt[REX_TICK_NMI] > budget + REX_NMI_SLACK ||
	       ticks->cnt[REX_TICK_IN_TIME] + ticks->cnt[REX_TICK_NMI] +
	       ticks->cnt[REX_TICK_LATE] > budget + slack;
}

/**
 * rex_tick() - count a tick against the program that runs, and end it
 * @regs: what the tick interrupted
 * @kind: what the tick tells
 *
 * Context: hard interrupt or NMI.
 * Return: whether the program's code was interrupted and has to end; @regs
 * is to be changed so that the CPU goes on at rex_kill_landing().
 */
bool rex_tick(struct pt_regs *regs, enum rex_tick_kind kind)
{
	struct rex_frame *frame = raw_cpu_read(rex_frame);
	unsigned long state;

	/* Not while something runs on top of it on another stack. */
	if (user_mode(regs) || !rex_frame_has_stack(frame, regs->sp))
		return false;

	state = READ_ONCE(frame->state) & ~(unsigned long)REX_FRAME_KILL;
	if (frame->ticks.state != state)
		frame->ticks = (struct rex_ticks){ .state = state };
	frame->ticks.cnt[kind]++;
	if (!rex_ticks_used_up(&frame->ticks, rex_budget_ms(frame->prog)))
		return false;

	rex_frame_kill(frame, state);
	return rex_frame_runs(frame, regs->ip, regs->sp);
}

/* Fill in what a CPU does; false where it runs no program. */
static bool rex_watch_look(unsigned int cpu, struct rex_watch *now)
{
	now->ticks = READ_ONCE(per_cpu(rex_ticks, cpu));
	now->first_state = READ_ONCE(rex_frames(cpu)->state) | REX_FRAME_KILL;
	now->looks = 0;
	now->frame = READ_ONCE(per_cpu(rex_frame, cpu));
	now->state = READ_ONCE(now->frame->state) | REX_FRAME_KILL;
	now->frame_looks = 0;
	return now->frame->outer;
}

static bool rex_watch_same_frame(const struct rex_watch *a,
				 const struct rex_watch *b)
{
	return a->frame == b->frame && a->state == b->state;
}

/*
 * The budget of the program that a watched CPU runs; false where it does not
 * any more. The program may be freed under the reads, so they are of the kind
 * that survives that, and count only if the program runs on after them.
 */
static bool rex_watch_budget(unsigned int cpu, const struct rex_watch *watch,
			     u32 *budget)
{
	const struct bpf_prog *prog = READ_ONCE(watch->frame->prog);
	struct bpf_prog_aux *aux;
	struct rex_watch now;
	struct rex_prog *rp;

	if (get_kernel_nofault(aux, &prog->aux) ||
	    get_kernel_nofault(rp, &aux->rex) ||
	    get_kernel_nofault(*budget, &rp->budget_ms))
		return false;
	/* What is read below tells of a time after the reads above. */
	smp_rmb();
	*budget = rex_budget_or_sysctl(*budget);
	return rex_watch_look(cpu, &now) && rex_watch_same_frame(watch, &now);
}

/*
 * Does a CPU need an NMI for a tick? Returns whether it does not tick while it
 * runs a program.
 */
static bool rex_watch_cpu(unsigned int cpu)
{
	struct rex_watch *watch = per_cpu_ptr(&rex_watch, cpu);
	struct rex_watch now;
	u32 budget;

	if (rex_watch_look(cpu, &now) && now.ticks == watch->ticks &&
	    now.first_state == watch->first_state) {
		now.looks = watch->looks + 1;
		if (rex_watch_same_frame(watch, &now))
			now.frame_looks = watch->frame_looks + 1;
	}
	*watch = now;
	if (now.looks <= REX_WATCH_LOOKS)
		return false;
	rex_nmi_send(cpu);

	/*
	 * A program in NMI context gets no NMI. It polls: ask it, after as
	 * many looks as it gets ticks elsewhere.
	 */
	if (rex_nmi_deaf(cpu, now.frame) &&
	    rex_watch_budget(cpu, &now, &budget) &&
	    now.frame_looks > REX_WATCH_LOOKS + budget + REX_NMI_SLACK)
		rex_frame_kill(now.frame, now.state);
	return true;
}

static unsigned int rex_watch_next(unsigned int cpu)
{
	cpu = cpumask_next(cpu, cpu_online_mask);
	return cpu < nr_cpu_ids ? cpu : cpumask_first(cpu_online_mask);
}

static void rex_watch_others(void)
{
	unsigned int self = smp_processor_id();
	unsigned int cpu = self;

	do
		cpu = rex_watch_next(cpu);
	while (cpu != self && rex_watch_cpu(cpu));
}

static enum hrtimer_restart rex_timer_fn(struct hrtimer *timer)
{
	ktime_t now = hrtimer_cb_get_time(timer);
	s64 delay = ktime_to_ns(ktime_sub(now, hrtimer_get_expires(timer)));
	struct pt_regs *regs = get_irq_regs();

	/* From now: after a tick that came late, the next must not come early. */
	hrtimer_set_expires(timer, ktime_add_ns(now, REX_TICK_NS));
	__this_cpu_inc(rex_ticks);

	if (regs && rex_tick(regs, delay > REX_LATE_NS ? REX_TICK_LATE :
							 REX_TICK_IN_TIME))
		rex_land_at(regs, (unsigned long)rex_kill_landing);
	rex_watch_others();
	return HRTIMER_RESTART;
}

static void rex_timer_start(void *unused)
{
	struct hrtimer *timer = this_cpu_ptr(&rex_timer);

	hrtimer_init(timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
	timer->function = rex_timer_fn;
	hrtimer_start(timer, REX_TICK_NS, HRTIMER_MODE_REL_PINNED_HARD);
}

static DEFINE_MUTEX(rex_watchdog_lock);
static u32 rex_watchdog_users;
static int rex_watchdog_cpuhp = -1;

static int rex_watchdog_online(unsigned int cpu)
{
	rex_nmi_forget(cpu);
	rex_timer_start(NULL);
	return 0;
}

static int rex_watchdog_offline(unsigned int cpu)
{
	hrtimer_cancel(per_cpu_ptr(&rex_timer, cpu));
	return 0;
}

/**
 * rex_watchdog_get() - make sure that the watchdog runs
 *
 * Context: process context, may sleep.
 * Return: 0 or an errno.
 */
int rex_watchdog_get(void)
{
	int err;

	guard(mutex)(&rex_watchdog_lock);
	if (!rex_watchdog_users) {
		err = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "rex:watchdog",
					rex_watchdog_online,
					rex_watchdog_offline);
		if (err < 0)
			return err;
		rex_watchdog_cpuhp = err;
	}
	rex_watchdog_users++;
	return 0;
}

/**
 * rex_watchdog_put() - the watchdog is not needed for one program any more
 *
 * Context: process context, may sleep.
 */
void rex_watchdog_put(void)
{
	guard(mutex)(&rex_watchdog_lock);
	if (!--rex_watchdog_users)
		cpuhp_remove_state(rex_watchdog_cpuhp);
}

static const int rex_budget_min = REX_BUDGET_MS_MIN;
static const int rex_budget_max = REX_BUDGET_MS_MAX;

static struct ctl_table rex_sysctls[] = {
	{
		.procname	= "budget_ms",
		.data		= &rex_budget_sysctl,
		.maxlen		= sizeof(int),
		.mode		= 0644,
		.proc_handler	= proc_dointvec_minmax,
		.extra1		= (void *)&rex_budget_min,
		.extra2		= (void *)&rex_budget_max,
	},
};

static int __init rex_watchdog_init(void)
{
	int err;

	register_sysctl_init("kernel/rex", rex_sysctls);
	err = rex_fault_init();
	return err ?: rex_nmi_init();
}
late_initcall(rex_watchdog_init);
