// SPDX-License-Identifier: GPL-2.0
/*
 * The watchdog: ends programs that run longer than their budget.
 *
 * While programs are loaded, a timer ticks on each CPU once a millisecond. A
 * tick that finds itself right on top of a program, in its code or in a
 * helper it called, counts against that invocation. So time does not count in
 * which the CPU did not run the program: interrupts and programs on top, and
 * what a hypervisor took.
 *
 * When an invocation has used its budget, it is asked to end. In its own code
 * it is made to at once, by a new return address for the interrupt. In a
 * helper it goes on until that returns, which is when the call thunk finds
 * the request.
 *
 * With interrupts off the tick does not come. So each CPU watches the next one
 * as well: where that has not ticked for REX_WATCH_LOOKS milliseconds, and one
 * and the same program was there all the time, it gets an NMI for each further
 * millisecond, which counts as a tick does.
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
#include <linux/sched/clock.h>
#include <linux/smp.h>
#include <linux/sysctl.h>
#include <asm/irq_regs.h>
#include <asm/rex.h>

#include "exit.h"
#include "frame.h"
#include "object.h"
#include "watchdog.h"

#define REX_TICK_NS	NSEC_PER_MSEC
#define REX_WATCH_LOOKS	5

/**
 * struct rex_watch - what a CPU knows of the one it watches
 * @cpu: that one
 * @ticks: its ticks at the last look
 * @frame: its frame at the last look
 * @state: the state of that, with REX_FRAME_KILL
 * @looks: how many looks found all of these unchanged
 */
struct rex_watch {
	unsigned int		cpu;
	unsigned long		ticks;
	struct rex_frame	*frame;
	unsigned long		state;
	u32			looks;
};

static DEFINE_PER_CPU(struct hrtimer, rex_timer);
static DEFINE_PER_CPU(unsigned long, rex_ticks);
static DEFINE_PER_CPU(struct rex_watch, rex_watch);

static int rex_budget_sysctl = REX_BUDGET_MS_DEFAULT;

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
	return prog->aux->rex->budget_ms ?: READ_ONCE(rex_budget_sysctl);
}

/**
 * rex_tick() - count a tick against the program that runs, and end it
 * @regs: what the tick interrupted
 *
 * Context: hard interrupt or NMI.
 * Return: whether the program's code was interrupted and has to end; @regs
 * is to be changed so that the CPU goes on at rex_kill_landing().
 */
bool rex_tick(struct pt_regs *regs)
{
	struct rex_frame *frame = raw_cpu_read(rex_frame);
	u64 now = local_clock();
	unsigned long state;

	/* Not while something runs on top of it on another stack. */
	if (user_mode(regs) || !rex_frame_has_stack(frame, regs->sp))
		return false;

	/* The timer and an NMI can come together, where both were held up. */
	state = READ_ONCE(frame->state) & ~(unsigned long)REX_FRAME_KILL;
	if (frame->tick_state != state) {
		frame->tick_state = state;
		frame->ticks = 0;
	} else if (now - frame->tick_time < REX_TICK_NS / 10 * 9) {
		return false;
	}
	frame->tick_time = now;
	if (++frame->ticks <= rex_budget_ms(frame->prog))
		return false;

	rex_frame_kill(frame, state);
	return rex_frame_runs(frame, regs->ip, regs->sp);
}

/*
 * Does another CPU need an NMI for a tick? Only the addresses of its frames
 * are used and what is in them, never the program: that may be gone.
 */
static void rex_watch_other(void)
{
	struct rex_watch *watch = this_cpu_ptr(&rex_watch);
	struct rex_watch now = { .looks = 0 };

	now.cpu = cpumask_next(smp_processor_id(), cpu_online_mask);
	if (now.cpu >= nr_cpu_ids)
		now.cpu = cpumask_first(cpu_online_mask);
	if (now.cpu == smp_processor_id())
		return;

	now.ticks = READ_ONCE(per_cpu(rex_ticks, now.cpu));
	now.frame = READ_ONCE(per_cpu(rex_frame, now.cpu));
	now.state = READ_ONCE(now.frame->state) | REX_FRAME_KILL;
	if (!now.frame->outer || watch->cpu != now.cpu ||
	    watch->ticks != now.ticks || watch->frame != now.frame ||
	    watch->state != now.state)
		*watch = now;
	else if (++watch->looks > REX_WATCH_LOOKS)
		rex_nmi_send(now.cpu);

	/*
	 * A program in NMI context gets no NMI. It polls: ask it, after as
	 * many looks as it gets ticks elsewhere.
	 */
	if (watch->looks > REX_WATCH_LOOKS + READ_ONCE(rex_budget_sysctl) &&
	    rex_nmi_deaf(now.cpu))
		rex_frame_kill(now.frame, now.state);
}

static enum hrtimer_restart rex_timer_fn(struct hrtimer *timer)
{
	struct pt_regs *regs = get_irq_regs();

	/* From now: after a tick that came late, the next must not come early. */
	hrtimer_set_expires(timer, ktime_add_ns(hrtimer_cb_get_time(timer),
						REX_TICK_NS));
	__this_cpu_inc(rex_ticks);

	if (regs && rex_tick(regs))
		rex_land_at(regs, (unsigned long)rex_kill_landing);
	rex_watch_other();
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
