// SPDX-License-Identifier: GPL-2.0
/* What a user sets per program before the load: its budget, and how often it may fail. */
#include <errno.h>

#include <bpf/libbpf.h>

#include "log.h"
#include "object.h"

/* What the kernel takes; it has no name for it in its header. */
#define BUDGET_MS_MIN 1
#define BUDGET_MS_MAX 1000

/* Returns the limits of @prog, or NULL after a message that says why not. */
static struct rex_limits *find_limits(struct rex_object *obj,
				      const struct bpf_program *prog,
				      const char *what, int *err)
{
	if (!obj || !prog) {
		*err = rex_err(obj ? obj->name : "", EINVAL,
			       "%s: the object or the program is NULL: see whether rex_object__open() and rex_object__program() failed",
			       what);
		return NULL;
	}
	if (obj->load_tried) {
		*err = rex_err(obj->name, EBUSY,
			       "program '%s': %s: it was loaded before: set it between open and load",
			       bpf_program__name(prog), what);
		return NULL;
	}
	for (size_t i = 0; i < obj->elf.prog_cnt; i++)
		if (obj->progs[i] == prog)
			return &obj->limits[i];
	*err = rex_err(obj->name, ENOENT,
		       "program '%s': %s: it is another object's: ask rex_object__program() for one of this",
		       bpf_program__name(prog), what);
	return NULL;
}

static int set_budget_ms(struct rex_object *obj, const struct bpf_program *prog,
			 unsigned int budget_ms)
{
	struct rex_limits *limits;
	int err = 0;

	limits = find_limits(obj, prog, "budget", &err);
	if (!limits)
		return err;
	if (budget_ms < BUDGET_MS_MIN || budget_ms > BUDGET_MS_MAX)
		return rex_err(obj->name, EINVAL,
			       "program '%s': a budget of %u ms was asked for: give %u to %u, or don't set it and kernel.rex.budget_ms holds",
			       bpf_program__name(prog), budget_ms,
			       BUDGET_MS_MIN, BUDGET_MS_MAX);
	limits->budget_ms = budget_ms;
	return 0;
}

int rex_object__set_budget_ms(struct rex_object *obj,
			      const struct bpf_program *prog,
			      unsigned int budget_ms)
{
	int err = set_budget_ms(obj, prog, budget_ms);

	if (err)
		errno = -err;
	return err;
}

int rex_object__set_max_exits(struct rex_object *obj,
			      const struct bpf_program *prog,
			      unsigned int max_exits)
{
	struct rex_limits *limits;
	int err = 0;

	limits = find_limits(obj, prog, "max_exits", &err);
	if (limits)
		limits->max_exits = max_exits;
	else
		errno = -err;
	return err;
}
