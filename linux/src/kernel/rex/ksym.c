// SPDX-License-Identifier: GPL-2.0
/*
 * Names of the functions in loaded objects, for stack traces.
 *
 * One bpf_ksym spans the text of an object, which makes its addresses kernel
 * text for the unwinder; it is no program, so no exception table is searched
 * there. The names of the single functions come from the object's own table.
 */
#include <linux/kallsyms.h>
#include <linux/rcupdate.h>
#include <linux/rex.h>
#include <linux/string.h>

#include "ksym.h"
#include "object.h"

/**
 * rex_ksym_add() - make an object's text known
 * @obj: the object
 *
 * Context: process context.
 */
void rex_ksym_add(struct rex_object *obj)
{
	INIT_LIST_HEAD_RCU(&obj->ksym.lnode);
	obj->ksym.start = obj->image.text_start;
	/* The tree takes the end as part of the range. */
	obj->ksym.end = obj->image.text_end - 1;
	snprintf(obj->ksym.name, sizeof(obj->ksym.name), "rex_%s", obj->name);
	bpf_ksym_add(&obj->ksym);
}

/**
 * rex_ksym_del() - forget an object's text
 * @obj: the object; must stay for a grace period
 *
 * Context: process context.
 */
void rex_ksym_del(struct rex_object *obj)
{
	bpf_ksym_del(&obj->ksym);
}

/**
 * rex_address_lookup() - find the function of an object at an address
 * @addr: the address
 * @size: set to the function's size, unless NULL
 * @off: set to the offset of @addr in the function, unless NULL
 * @sym: buffer of KSYM_NAME_LEN for the function's name
 *
 * Context: any; in an RCU read-side critical section.
 * Return: length of the name, or 0 where @addr is in no object.
 */
int rex_address_lookup(unsigned long addr, unsigned long *size,
		       unsigned long *off, char *sym)
{
	unsigned long fn_size, fn_off;
	struct rex_object *obj;
	const char *name;

	list_for_each_entry_rcu(obj, &rex_objects, node) {
		if (addr < obj->image.text_start || addr >= obj->image.text_end)
			continue;
		name = rex_image_symbol(&obj->image, addr, &fn_size, &fn_off);
		if (!name)
			return 0;
		if (size)
			*size = fn_size;
		if (off)
			*off = fn_off;
		strscpy(sym, name, KSYM_NAME_LEN);
		return strlen(sym);
	}
	return 0;
}
