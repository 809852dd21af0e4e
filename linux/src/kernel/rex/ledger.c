// SPDX-License-Identifier: GPL-2.0
/*
 * The ledger: what a running program holds.
 *
 * A program acquires through the functions here, which acquire and record in
 * one step, as far as the program can tell: one that is to be ended while it
 * is in them ends when they have returned. Whatever is in the ledger when the
 * program ends is released, newest first, however it ends: a guard that was
 * forgotten is a leak in safe Rust, and must not be one here.
 */
#include <linux/bpf.h>
#include <linux/hardirq.h>
#include <linux/irqflags.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched/clock.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>
#include <linux/spinlock.h>

#include "frame.h"
#include "helpers.h"
#include "ledger.h"
#include "object.h"
#include "sock.h"
#include "watchdog.h"

/**
 * rex_ledger_room() - the frame of the running program, if it can hold more
 *
 * Context: called for a program that acquires, any context.
 * Return: the frame, or NULL where its ledger is full.
 */
struct rex_frame *rex_ledger_room(void)
{
	struct rex_frame *frame = raw_cpu_read(rex_frame);

	return frame->ledger.cnt < REX_LEDGER_SIZE ? frame : NULL;
}

/**
 * rex_ledger_add() - record what the running program has acquired
 * @frame: what rex_ledger_room() returned
 * @kind: what it is
 * @ptr: the thing
 *
 * Context: any.
 */
void rex_ledger_add(struct rex_frame *frame, enum rex_resource kind, void *ptr)
{
	struct rex_ledger *ledger = &frame->ledger;

	ledger->records[ledger->cnt++] = (struct rex_record) {
		.kind = kind,
		.ptr = ptr,
	};
}

static struct rex_record *rex_ledger_find(struct rex_frame *frame,
					  enum rex_resource kind,
					  const void *ptr)
{
	struct rex_ledger *ledger = &frame->ledger;
	u32 i = ledger->cnt;

	while (i--)
		if (ledger->records[i].kind == kind &&
		    ledger->records[i].ptr == ptr)
			return &ledger->records[i];
	return NULL;
}

/* The others keep their order. */
static void rex_ledger_remove(struct rex_frame *frame, struct rex_record *rec)
{
	struct rex_ledger *ledger = &frame->ledger;

	/* Mostly it is the last. */
	for (ledger->cnt--; rec < &ledger->records[ledger->cnt]; rec++)
		*rec = rec[1];
}

/**
 * rex_ledger_take() - take something off the ledger of the running program
 * @kind: what it is
 * @ptr: the thing
 *
 * Context: called for a program that releases, any context.
 * Return: whether the program held it.
 */
bool rex_ledger_take(enum rex_resource kind, const void *ptr)
{
	struct rex_frame *frame = raw_cpu_read(rex_frame);
	struct rex_record *rec = rex_ledger_find(frame, kind, ptr);

	if (rec)
		rex_ledger_remove(frame, rec);
	return rec;
}

static void rex_lock_release(struct rex_frame *frame, void *lock)
{
	struct rex_ledger *ledger = &frame->ledger;

	arch_spin_unlock((arch_spinlock_t *)lock);
	if (!--ledger->locks)
		local_irq_restore(ledger->irq_flags);
}

static void rex_task_release(struct rex_frame *frame, void *task)
{
	put_task_stack(task);
	put_task_struct(task);
}

static void rex_ringbuf_release(struct rex_frame *frame, void *sample)
{
	bpf_ringbuf_discard((unsigned long)sample, 0, 0, 0, 0);
}

static void (*const rex_release[REX_RES_CNT])(struct rex_frame *frame,
					      void *ptr) = {
	[REX_RES_LOCK]		= rex_lock_release,
	[REX_RES_TASK]		= rex_task_release,
	[REX_RES_RINGBUF]	= rex_ringbuf_release,
	[REX_RES_SOCK]		= rex_sock_release,
};

/**
 * rex_ledger_release() - release all that the program in a frame holds
 * @frame: the frame of this CPU's program, which does not run on
 *
 * Context: any in which the program can run.
 * Return: how many things that were.
 */
u32 rex_ledger_release(struct rex_frame *frame)
{
	struct rex_ledger *ledger = &frame->ledger;
	u32 cnt = ledger->cnt;

	while (ledger->cnt) {
		const struct rex_record *rec;

		rec = &ledger->records[ledger->cnt - 1];
		rex_release[rec->kind](frame, rec->ptr);
		ledger->cnt--;
	}
	return cnt;
}

/**
 * rex_ledger_leak() - release what a program holds that has returned
 * @frame: its frame
 *
 * The dispatcher calls it where the ledger is not empty.
 *
 * Context: any in which the program can run.
 */
void rex_ledger_leak(struct rex_frame *frame)
{
	atomic64_add(rex_ledger_release(frame), &frame->prog->aux->rex->leaks);
}

/*
 * Does this CPU hold the lock, in this program or one that it interrupted? A
 * lock is recorded before it is taken and until after it is released, so
 * that an NMI in between does not wait for it.
 */
static bool rex_lock_held(struct rex_frame *frame, const void *lock)
{
	for (; frame->outer; frame = frame->outer)
		if (rex_ledger_find(frame, REX_RES_LOCK, lock))
			return true;
	return false;
}

/**
 * rex_spin_lock() - take a lock that is in a map's value
 * @lock: the lock; the same word that eBPF's bpf_spin_lock() takes
 *
 * Interrupts are off until the last lock of the program is released. While
 * it waits they are as they were, so that the watchdog sees it wait.
 *
 * Context: called by an extension, any context.
 * Return: 0; -ENOSPC where the ledger is full; -EDEADLK where this program,
 * or one that it interrupted on this CPU, holds the lock or is taking it;
 * -EINVAL where it is on the program's stack, of which releasing what a program
 * forgot would overwrite what runs there by then; -ETIMEDOUT where it
 * was asked to end while it waited, or waited ten times its budget, as when
 * two CPUs take two locks in opposite order.
 */
int rex_spin_lock(struct bpf_spin_lock *lock)
{
	arch_spinlock_t *l = (arch_spinlock_t *)lock;
	struct rex_frame *frame = rex_ledger_room();
	unsigned long flags;
	u64 start = 0;

	BUILD_BUG_ON(sizeof(*l) != sizeof(*lock));

	if (!frame)
		return -ENOSPC;
	if (rex_frame_has_stack(frame, (unsigned long)lock))
		return -EINVAL;
	if (rex_lock_held(frame, lock))
		return -EDEADLK;

	rex_ledger_add(frame, REX_RES_LOCK, lock);
	local_irq_save(flags);
	while (!arch_spin_trylock(l)) {
		local_irq_restore(flags);
		if (!start)
			start = local_clock();
		if ((READ_ONCE(frame->state) & REX_FRAME_KILL) ||
		    local_clock() - start >
		    10 * NSEC_PER_MSEC * rex_budget_ms(frame->prog)) {
			frame->ledger.cnt--;
			return -ETIMEDOUT;
		}
		cpu_relax();
		local_irq_save(flags);
	}

	if (!frame->ledger.locks++)
		frame->ledger.irq_flags = flags;
	return 0;
}

/**
 * rex_spin_unlock() - release a lock
 * @lock: the lock; nothing happens where the program does not hold it
 *
 * Context: called by an extension, any context.
 */
void rex_spin_unlock(struct bpf_spin_lock *lock)
{
	struct rex_frame *frame = raw_cpu_read(rex_frame);
	struct rex_record *rec = rex_ledger_find(frame, REX_RES_LOCK, lock);

	if (!rec)
		return;
	rex_lock_release(frame, lock);
	rex_ledger_remove(frame, rec);
}

/**
 * rex_task_from_pid() - get a reference to a task and its kernel stack
 * @pid: its thread id in the initial namespace
 *
 * Context: called by an extension, not in NMI: releasing can take locks.
 * Return: the task, or NULL where there is none or only what its parent has
 * not waited for yet, the ledger is full, or the program runs in NMI context.
 */
void *rex_task_from_pid(s32 pid)
{
	struct rex_frame *frame = rex_ledger_room();
	struct task_struct *task;

	if (!frame || in_nmi())
		return NULL;

	rcu_read_lock();
	task = find_task_by_pid_ns(pid, &init_pid_ns);
	/* Extensions read the registers at the top of its stack. */
	if (task && !try_get_task_stack(task))
		task = NULL;
	if (task)
		get_task_struct(task);
	rcu_read_unlock();

	if (task)
		rex_ledger_add(frame, REX_RES_TASK, task);
	return task;
}

/**
 * rex_task_put() - release a reference to a task
 * @task: the task; nothing happens where the program holds no reference
 *
 * Context: called by an extension, any context.
 */
void rex_task_put(void *task)
{
	if (rex_ledger_take(REX_RES_TASK, task))
		rex_task_release(NULL, task);
}

/**
 * rex_ringbuf_reserve() - reserve a record of a ring buffer
 * @map: the ring buffer
 * @size: bytes
 *
 * Context: called by an extension, any context.
 * Return: the record, or NULL where there is no room or the ledger is full.
 */
void *rex_ringbuf_reserve(struct bpf_map *map, u64 size)
{
	struct rex_frame *frame = rex_ledger_room();
	void *sample;

	if (!frame || map->map_type != BPF_MAP_TYPE_RINGBUF)
		return NULL;

	sample = (void *)(unsigned long)
		bpf_ringbuf_reserve((unsigned long)map, size, 0, 0, 0);
	if (sample)
		rex_ledger_add(frame, REX_RES_RINGBUF, sample);
	return sample;
}

/**
 * rex_ringbuf_submit() - hand a reserved record to user space
 * @sample: the record
 * @flags: BPF_RB_NO_WAKEUP, BPF_RB_FORCE_WAKEUP or 0
 *
 * Context: called by an extension, any context.
 * Return: 0, or -EINVAL where the program has not reserved that record.
 */
int rex_ringbuf_submit(void *sample, u64 flags)
{
	if (!rex_ledger_take(REX_RES_RINGBUF, sample))
		return -EINVAL;
	bpf_ringbuf_submit((unsigned long)sample, flags, 0, 0, 0);
	return 0;
}

/**
 * rex_ringbuf_discard() - give a reserved record back
 * @sample: the record
 * @flags: as for rex_ringbuf_submit()
 *
 * Context: called by an extension, any context.
 * Return: 0, or -EINVAL where the program has not reserved that record.
 */
int rex_ringbuf_discard(void *sample, u64 flags)
{
	if (!rex_ledger_take(REX_RES_RINGBUF, sample))
		return -EINVAL;
	bpf_ringbuf_discard((unsigned long)sample, flags, 0, 0, 0);
	return 0;
}
