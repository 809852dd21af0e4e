/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _REX_LEDGER_H
#define _REX_LEDGER_H

#include <linux/types.h>

struct bpf_map;
struct bpf_spin_lock;
struct rex_frame;

/* What a program can hold at a time; acquiring more fails. */
#define REX_LEDGER_SIZE		128

/**
 * enum rex_resource - what kind of thing is held
 * @REX_RES_LOCK: a bpf_spin_lock in a map's value
 * @REX_RES_TASK: a reference to a task
 * @REX_RES_RINGBUF: a record of a ring buffer that is not submitted yet
 * @REX_RES_SOCK: a reference to a socket
 */
enum rex_resource {
	REX_RES_LOCK,
	REX_RES_TASK,
	REX_RES_RINGBUF,
	REX_RES_SOCK,
	REX_RES_CNT,
};

/**
 * struct rex_record - one thing that a program holds
 * @kind: enum rex_resource
 * @ptr: the thing
 */
struct rex_record {
	u32	kind;
	void	*ptr;
};

/**
 * struct rex_ledger - what a program holds
 * @cnt: how many things; the dispatcher looks at it when a program returns
 * @locks: how many of them are locks
 * @irq_flags: interrupt flags before the first lock
 * @records: the things, oldest first
 */
struct rex_ledger {
	u32			cnt;
	u32			locks;
	unsigned long		irq_flags;
	struct rex_record	records[REX_LEDGER_SIZE];
};

u32 rex_ledger_release(struct rex_frame *frame);
void rex_ledger_leak(struct rex_frame *frame);

/* For what acquires. */
struct rex_frame *rex_ledger_room(void);
void rex_ledger_add(struct rex_frame *frame, enum rex_resource kind, void *ptr);
bool rex_ledger_take(enum rex_resource kind, const void *ptr);

/* What extensions call. */
int rex_spin_lock(struct bpf_spin_lock *lock);
void rex_spin_unlock(struct bpf_spin_lock *lock);
void *rex_task_from_pid(s32 pid);
void rex_task_put(void *task);
void *rex_ringbuf_reserve(struct bpf_map *map, u64 size);
int rex_ringbuf_submit(void *sample, u64 flags);
int rex_ringbuf_discard(void *sample, u64 flags);

#endif /* _REX_LEDGER_H */
