/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _REX_OBJECT_H
#define _REX_OBJECT_H

#include <crypto/sha2.h>
#include <linux/filter.h>
#include <linux/irq_work.h>
#include <linux/list.h>
#include <linux/ratelimit_types.h>
#include <linux/refcount.h>
#include <linux/workqueue.h>
#include <uapi/linux/rex.h>

#include "exit.h"
#include "image.h"

struct rex_prog_type;

/**
 * struct rex_object - a loaded object
 * @refs: one for the file descriptor, one for each program fetched from it
 * @name: its name, for messages and traces
 * @digest: hash of its file
 * @image: its memory, relocated and protected
 * @maps: the BPF maps it uses, in the order of its .rex.maps, one reference
 *	each
 * @map_cnt: how many
 * @ksym: makes its text known to the kernel as text
 * @node: in the list of all objects, which debuggers walk
 * @rcu_work: frees it after a grace period, in process context
 */
struct rex_object {
	refcount_t		refs;
	char			name[REX_OBJ_NAME_LEN];
	u8			digest[SHA256_DIGEST_SIZE];
	struct rex_image	image;
	struct bpf_map		**maps;
	u32			map_cnt;
	struct bpf_ksym		ksym;
	struct list_head	node;
	struct rcu_work		rcu_work;
};

/**
 * struct rex_prog - what a BPF program has on top when it is a Rex program
 * @object: the object it is in; holds a reference
 * @desc: its descriptor, in the object's read-only memory
 * @type: what its type asks for
 * @bpf: the program
 * @budget_ms: how long it may run; 0 for what the sysctl says
 * @max_exits: after how many exits other than by return it is disabled; 0
 *	for never
 * @exits: how often it ended so, by kind
 * @exits_total: how often in all
 * @leaks: how many things it held when it returned
 * @report_rs: limits how often an exit is printed
 * @disable_irq_work: starts @disable_work, from any context
 * @disable_work: disables the program
 */
struct rex_prog {
	struct rex_object		*object;
	const struct rex_prog_desc	*desc;
	const struct rex_prog_type	*type;
	struct bpf_prog			*bpf;
	u32				budget_ms;
	u32				max_exits;
	atomic64_t			exits[REX_EXIT_KINDS_CNT];
	atomic64_t			exits_total;
	atomic64_t			leaks;
	struct ratelimit_state		report_rs;
	struct irq_work			disable_irq_work;
	struct work_struct		disable_work;
};

/* All loaded objects; read under RCU. */
extern struct list_head rex_objects;

int rex_obj_load(union bpf_attr *attr, void __user *uattr);
struct rex_object *rex_object_from_fd(u32 fd);
void rex_object_put(struct rex_object *obj);

int rex_prog_get(union bpf_attr *attr, void __user *uattr);

#endif /* _REX_OBJECT_H */
