// SPDX-License-Identifier: GPL-2.0
/*
 * Programs: a Rex program is an ordinary struct bpf_prog whose bpf_func leads
 * into the object's text, so that whatever runs BPF programs runs it.
 */
#define pr_fmt(fmt) "rex: " fmt

#include <crypto/sha2.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/filter.h>
#include <linux/license.h>
#include <linux/rex.h>
#include <linux/security.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <asm/rex.h>

#include "frame.h"
#include "log.h"
#include "object.h"
#include "prog.h"
#include "watchdog.h"

static const struct rex_prog_desc *
rex_prog_find(const struct rex_object *obj, const char *name)
{
	u32 i;

	for (i = 0; i < obj->image.prog_cnt; i++)
		if (!strcmp(obj->image.progs[i].name, name))
			return &obj->image.progs[i];
	return NULL;
}

static int rex_prog_check(const struct rex_prog_get_attr *attr,
			  const struct rex_prog_desc *desc,
			  struct rex_log *log)
{
	const struct rex_prog_type *type = rex_prog_type_find(desc->prog_type);

	if (!type) {
		rex_log(log, "program '%s': extensions can't be of program type %u: use kprobe, tracepoint, perf_event, xdp or tc",
			desc->name, desc->prog_type);
		return -EINVAL;
	}
	if (attr->prog_type != desc->prog_type) {
		rex_log(log, "program '%s': compiled for program type %u, asked for as type %u: attach it to the hook of its attribute",
			desc->name, desc->prog_type, attr->prog_type);
		return -EINVAL;
	}
	if (attr->expected_attach_type > 63 ||
	    !(type->attach_types & BIT_ULL(attr->expected_attach_type))) {
		rex_log(log, "program '%s': attach type %u is not one of program type %u: leave it 0",
			desc->name, attr->expected_attach_type,
			desc->prog_type);
		return -EINVAL;
	}
	if (attr->budget_ms > REX_BUDGET_MS_MAX) {
		rex_log(log, "program '%s': a budget of %u ms was asked for: give %u to %u, or 0 for the sysctl kernel.rex.budget_ms",
			desc->name, attr->budget_ms, REX_BUDGET_MS_MIN,
			REX_BUDGET_MS_MAX);
		return -EINVAL;
	}
	if (!bpf_capable() || (!capable(type->cap) && !capable(CAP_SYS_ADMIN))) {
		rex_log(log, "program '%s': program type %u needs CAP_BPF and CAP_%s: run the loader as root or with these capabilities",
			desc->name, desc->prog_type,
			type->cap == CAP_NET_ADMIN ? "NET_ADMIN" : "PERFMON");
		return -EPERM;
	}
	return 0;
}

/* The first bytes of a hash over the object's file and the name. */
static void rex_prog_set_tag(struct bpf_prog *prog)
{
	const struct rex_prog *rp = prog->aux->rex;
	u8 digest[SHA256_DIGEST_SIZE];
	struct sha256_state state;

	sha256_init(&state);
	sha256_update(&state, rp->object->digest, sizeof(rp->object->digest));
	sha256_update(&state, rp->desc->name, strlen(rp->desc->name));
	sha256_final(&state, digest);
	memcpy(prog->tag, digest, sizeof(prog->tag));
}

/* For LSMs, which see what BPF_PROG_LOAD would have got. */
static int rex_prog_security_load(struct bpf_prog *prog)
{
	union bpf_attr attr = {
		.prog_type = prog->type,
		.expected_attach_type = prog->expected_attach_type,
	};

	strscpy(attr.prog_name, prog->aux->name, sizeof(attr.prog_name));
	return security_bpf_prog_load(prog, &attr, NULL);
}

/*
 * What the stub of a disabled program jumps to, with the arguments of
 * rex_enter().
 */
static u32 rex_prog_skip(void *ctx, unsigned long entry, struct bpf_prog *prog)
{
	return rex_frame_miss(prog);
}

static void rex_prog_disable_work(struct work_struct *work)
{
	struct rex_prog *rp = container_of(work, struct rex_prog,
					   disable_work);

	rex_stub_disable(rp->bpf, rex_prog_skip);
	pr_err("program '%s/%s' is disabled after %u panics, faults and timeouts\n",
	       rp->object->name, rp->desc->name, rp->max_exits);
}

static void rex_prog_disable_irq_work(struct irq_work *work)
{
	schedule_work(&container_of(work, struct rex_prog,
				    disable_irq_work)->disable_work);
}

/* Takes over the caller's reference to @obj. */
static int rex_prog_create(struct rex_object *obj,
			   const struct rex_prog_desc *desc,
			   const struct rex_prog_get_attr *attr,
			   struct rex_log *log)
{
	struct bpf_prog *prog;
	struct rex_prog *rp;
	int err;

	rp = kzalloc(sizeof(*rp), GFP_KERNEL_ACCOUNT);
	if (!rp) {
		rex_object_put(obj);
		return -ENOMEM;
	}
	rp->object = obj;
	rp->desc = desc;
	rp->type = rex_prog_type_find(desc->prog_type);
	rp->budget_ms = attr->budget_ms;
	rp->max_exits = attr->max_exits;
	ratelimit_state_init(&rp->report_rs, DEFAULT_RATELIMIT_INTERVAL,
			     DEFAULT_RATELIMIT_BURST);
	init_irq_work(&rp->disable_irq_work, rex_prog_disable_irq_work);
	INIT_WORK(&rp->disable_work, rex_prog_disable_work);

	err = rex_watchdog_get();
	if (err)
		goto err_rp;

	prog = bpf_prog_alloc(bpf_prog_size(0), GFP_USER);
	if (!prog) {
		err = -ENOMEM;
		goto err_watchdog;
	}
	/* From here on freeing the program frees all of it. */
	prog->aux->rex = rp;
	rp->bpf = prog;
	prog->aux->user = get_current_user();
	atomic64_set(&prog->aux->refcnt, 1);

	prog->type = desc->prog_type;
	prog->expected_attach_type = attr->expected_attach_type;
	prog->gpl_compatible =
		license_is_gpl_compatible(obj->image.license);
	prog->aux->ops = rp->type->ops;
	prog->aux->max_ctx_offset = desc->ctx_size;
	prog->aux->xdp_has_frags = desc->flags & REX_PROG_XDP_FRAGS;
	prog->aux->load_time = ktime_get_boottime_ns();
	/* BPF's names are shorter than ours; the whole name is in fdinfo. */
	strscpy(prog->aux->name, desc->name, sizeof(prog->aux->name));
	rex_prog_set_tag(prog);

	err = rex_prog_security_load(prog);
	if (err) {
		rex_log(log, "program '%s': a security module refuses it (error %d): see its log",
			desc->name, err);
		goto err_free;
	}
	err = rex_prog_use_symbols(prog, log);
	if (err)
		goto err_free;
	err = rex_prog_use_maps(prog);
	if (err)
		goto err_free;
	err = rex_stub_create(prog, desc->entry);
	if (err)
		goto err_free;
	err = bpf_prog_alloc_id(prog);
	if (err)
		goto err_free;

	return bpf_prog_publish(prog);

err_free:
	security_bpf_prog_free(prog);
	free_uid(prog->aux->user);
	bpf_prog_free(prog);
	return err;

err_watchdog:
	rex_watchdog_put();
err_rp:
	kfree(rp);
	rex_object_put(obj);
	return err;
}

static int rex_prog_from_object(const struct rex_prog_get_attr *attr,
				struct rex_object *obj, struct rex_log *log)
{
	const struct rex_prog_desc *desc;
	int err;

	desc = rex_prog_find(obj, attr->name);
	if (!desc) {
		rex_log(log, "it has no program '%s': see what it has with 'bpftool prog' or the section .rex.progs",
			attr->name);
		err = -ENOENT;
		goto err_put;
	}
	err = rex_prog_check(attr, desc, log);
	if (err)
		goto err_put;
	return rex_prog_create(obj, desc, attr, log);

err_put:
	rex_object_put(obj);
	return err;
}

/**
 * rex_prog_get() - the command REX_PROG_GET
 * @attr: its argument, struct rex_prog_get_attr
 * @uattr: where that is in user space
 *
 * Context: process context, may sleep.
 * Return: a file descriptor or a negative errno.
 */
int rex_prog_get(union bpf_attr *attr, void __user *uattr)
{
	const struct rex_prog_get_attr *get = (void *)attr;
	struct rex_prog_get_attr __user *uget = uattr;
	struct rex_object *obj;
	struct rex_log log;
	int err;

	BUILD_BUG_ON(sizeof(*get) > sizeof(*attr));

	if (memchr_inv(get + 1, 0, sizeof(*attr) - sizeof(*get)) ||
	    get->flags || get->log_true_size ||
	    strnlen(get->name, sizeof(get->name)) == sizeof(get->name))
		return -EINVAL;

	obj = rex_object_from_fd(get->obj_fd);
	if (IS_ERR(obj))
		return PTR_ERR(obj);

	/* The log names the object, which may go with the last program. */
	refcount_inc(&obj->refs);
	err = rex_log_init(&log, obj->name);
	if (err) {
		rex_object_put(obj);
		rex_object_put(obj);
		return err;
	}
	err = rex_prog_from_object(get, obj, &log);
	/* A log that can't be stored does not undo a descriptor that is open. */
	rex_log_copy_out(&log, u64_to_user_ptr(get->log_buf), get->log_size,
			 &uget->log_true_size);
	rex_object_put(obj);
	return err;
}

/**
 * rex_prog_free() - free what a BPF program has as a Rex program
 * @aux: the program's; nothing happens where it is no Rex program
 *
 * Called when no CPU runs the program any more.
 *
 * Context: process context, may sleep.
 */
void rex_prog_free(struct bpf_prog_aux *aux)
{
	struct rex_prog *rp = aux->rex;

	if (!rp)
		return;
	irq_work_sync(&rp->disable_irq_work);
	cancel_work_sync(&rp->disable_work);
	rex_watchdog_put();
	rex_object_put(rp->object);
	kfree(rp);
}

/**
 * rex_prog_show_fdinfo() - add Rex's lines to a program's fdinfo
 * @m: the file
 * @aux: the program's; nothing happens where it is no Rex program
 *
 * Context: process context.
 */
void rex_prog_show_fdinfo(struct seq_file *m, const struct bpf_prog_aux *aux)
{
	const struct rex_prog *rp = aux->rex;

	if (!rp)
		return;
	seq_printf(m, "rex_object:\t%s\n", rp->object->name);
	seq_printf(m, "rex_prog:\t%s\n", rp->desc->name);
	seq_printf(m, "rex_panics:\t%llu\n",
		   atomic64_read(&rp->exits[REX_EXIT_PANIC]));
	seq_printf(m, "rex_faults:\t%llu\n",
		   atomic64_read(&rp->exits[REX_EXIT_FAULT]));
	seq_printf(m, "rex_timeouts:\t%llu\n",
		   atomic64_read(&rp->exits[REX_EXIT_TIMEOUT]));
	seq_printf(m, "rex_leaks:\t%llu\n", atomic64_read(&rp->leaks));
}
