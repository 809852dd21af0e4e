// SPDX-License-Identifier: GPL-2.0
/*
 * What a program uses of the kernel: its functions, and its object's maps.
 *
 * The verifier sets and checks things per program; what of it the kernel
 * relies on later is set and checked here.
 */
#include <linux/bpf.h>
#include <linux/bug.h>
#include <linux/filter.h>
#include <linux/perf_event.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "log.h"
#include "object.h"
#include "prog.h"
#include "symbols.h"

/*
 * Mark a program that uses a helper as the verifier would: the kernel relies
 * on it where the program is attached, run or freed.
 */
static int rex_prog_mark(struct bpf_prog *prog, enum bpf_func_id helper)
{
	int err;

	switch (helper) {
	case BPF_FUNC_override_return:
		prog->kprobe_override = 1;
		break;
	case BPF_FUNC_get_prandom_u32:
		bpf_user_rnd_init_once();
		break;
	case BPF_FUNC_get_stack:
		/* A map for stack traces has the buffers of its own accord. */
		if (!prog->has_callchain_buf) {
			err = get_callchain_buffers(sysctl_perf_event_max_stack);
			if (err)
				return err;
			prog->has_callchain_buf = 1;
		}
		fallthrough;
	case BPF_FUNC_get_stackid:
		prog->call_get_stack = 1;
		break;
	case BPF_FUNC_get_func_ip:
		prog->call_get_func_ip = 1;
		break;
	default:
		break;
	}
	return 0;
}

/*
 * Let a program have a helper if an eBPF program of its type would have it,
 * and in the same variant.
 */
static int rex_prog_use_helper(struct bpf_prog *prog,
			       const struct rex_symbol *sym,
			       struct rex_log *log)
{
	const struct rex_prog *rp = prog->aux->rex;
	const struct bpf_func_proto *proto;

	proto = rp->type->verifier_ops->get_func_proto(sym->helper, prog);
	if (!proto || (unsigned long)proto->func != sym->addr) {
		rex_log(log, "program '%s': the kernel does not let programs of type %u call %s(): use another hook or another helper",
			rp->desc->name, prog->type, sym->name);
		return -EACCES;
	}
	if (proto->allowed && !proto->allowed(prog)) {
		rex_log(log, "program '%s': %s() is not allowed for this program",
			rp->desc->name, sym->name);
		return -EACCES;
	}
	if (proto->gpl_only && !prog->gpl_compatible) {
		rex_log(log, "program '%s': %s() is for programs under a GPL compatible license only",
			rp->desc->name, sym->name);
		return -EACCES;
	}
	return rex_prog_mark(prog, sym->helper);
}

/**
 * rex_prog_use_symbols() - check which of the kernel's functions a program calls
 * @prog: the program, which is being made
 * @log: says why one is refused
 *
 * Context: process context, may sleep.
 * Return: 0 or an errno.
 */
int rex_prog_use_symbols(struct bpf_prog *prog, struct rex_log *log)
{
	const struct rex_prog *rp = prog->aux->rex;
	const struct rex_image *img = &rp->object->image;
	const struct rex_import_desc *import;
	const struct rex_symbol *sym;
	int err;
	u32 i;

	for (i = 0; i < img->import_cnt; i++) {
		import = &img->imports[i];
		if (import->entry != rp->desc->entry)
			continue;
		/* The image was not made with symbols that are not there. */
		sym = rex_symbol_find(import->symbol);
		if (WARN_ON_ONCE(!sym))
			return -ENOENT;

		if (sym->kind == REX_SYM_HELPER) {
			err = rex_prog_use_helper(prog, sym, log);
			if (err)
				return err;
		} else if (!strcmp(sym->name, "rex_trace_printk")) {
			/* Enables the event that the lines are. */
			bpf_get_trace_printk_proto();
		}
	}
	return 0;
}

/**
 * rex_prog_use_maps() - hold the maps that a program uses: all of its object
 * @prog: the program, which is being made
 *
 * Context: process context, may sleep.
 * Return: 0 or an errno.
 */
int rex_prog_use_maps(struct bpf_prog *prog)
{
	const struct rex_object *obj = prog->aux->rex->object;
	u32 i;

	if (!obj->map_cnt)
		return 0;
	/* The array is BPF's: BPF_PROG_BIND_MAP replaces it, and it is kfree()d. */
	prog->aux->used_maps = kmemdup_array(obj->maps, obj->map_cnt,
					     sizeof(*obj->maps),
					     GFP_KERNEL_ACCOUNT);
	if (!prog->aux->used_maps)
		return -ENOMEM;
	for (i = 0; i < obj->map_cnt; i++)
		bpf_map_inc(obj->maps[i]);
	prog->aux->used_map_cnt = obj->map_cnt;
	return 0;
}
