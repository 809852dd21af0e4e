// SPDX-License-Identifier: GPL-2.0
/* The calls that loaders written for the first Rex make. */
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#include <librex.h>

#include "log.h"

struct rex_obj {
	struct rex_object *object;
	struct rex_obj *next;
};

/* All there are. Nobody closes them: the end of the process does. */
static struct rex_obj *_Atomic objects;

struct rex_obj *rex_obj_load(const char *path)
{
	struct rex_obj *obj = malloc(sizeof(*obj));
	int err;

	if (!obj) {
		errno = -rex_err(path ? path : "", ENOMEM,
				 "no memory: free some");
		return NULL;
	}
	obj->object = rex_object__open(path, NULL);
	if (!obj->object || rex_object__load(obj->object)) {
		err = errno;
		rex_object__close(obj->object);
		free(obj);
		errno = err;
		return NULL;
	}
	obj->next = objects;
	while (!atomic_compare_exchange_weak(&objects, &obj->next, obj))
		;
	return obj;
}

struct bpf_object *rex_obj_get_bpf(struct rex_obj *obj)
{
	return obj ? rex_object__bpf_object(obj->object) : NULL;
}
