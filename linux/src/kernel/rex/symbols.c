// SPDX-License-Identifier: GPL-2.0
/*
 * The table of kernel symbols that extensions may use, made from symbols.def.
 */
#include <linux/array_size.h>
#include <linux/bpf.h>
#include <linux/init.h>
#include <linux/sort.h>
#include <linux/string.h>

#include "exit.h"
#include "frame.h"
#include "ledger.h"
#include "map.h"
#include "print.h"
#include "sock.h"
#include "symbols.h"

/*
 * Helpers of eBPF have no prototypes: BPF_CALL_x() makes each a function of
 * five u64. Only their addresses are used here. Those that a header declares
 * are declared there in the same way.
 */
#define REX_HELPER(name, id, doc) u64 name(u64 r1, u64 r2, u64 r3, u64 r4, u64 r5);
#define REX_FUNC(name, flags, doc)
#define REX_MAP_OP(name, ops, op, doc)
#define REX_DATA(name, size, doc)
#include "symbols.def"
#undef REX_HELPER
#undef REX_FUNC
#undef REX_MAP_OP
#undef REX_DATA

#define REX_HELPER(_name, _id, _doc)				\
	{ .name = #_name, .addr = (unsigned long)_name,		\
	  .kind = REX_SYM_HELPER, .helper = BPF_FUNC_##_id, },
#define REX_FUNC(_name, _flags, _doc)				\
	{ .name = #_name, .addr = (unsigned long)_name,		\
	  .kind = REX_SYM_FUNC, .flags = _flags, },
#define REX_MAP_OP(_name, _ops, _op, _doc)			\
	{ .name = #_name, .map_op = (const void *)&_ops._op,	\
	  .kind = REX_SYM_FUNC, },
#define REX_DATA(_name, _size, _doc)				\
	{ .name = #_name, .addr = (unsigned long)&_name,	\
	  .kind = REX_SYM_DATA, },

static struct rex_symbol rex_symbols[] __ro_after_init = {
#include "symbols.def"
};

static int rex_symbol_cmp(const void *a, const void *b)
{
	const struct rex_symbol *sa = a, *sb = b;

	return strcmp(sa->name, sb->name);
}

/**
 * rex_symbol_find() - look a symbol up
 * @name: its name
 *
 * Return: the symbol, or NULL where extensions may not use one of that name.
 */
const struct rex_symbol *rex_symbol_find(const char *name)
{
	const struct rex_symbol key = { .name = name };

	return bsearch(&key, rex_symbols, ARRAY_SIZE(rex_symbols),
		       sizeof(key), rex_symbol_cmp);
}

static int __init rex_symbols_init(void)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rex_symbols); i++)
		if (rex_symbols[i].map_op)
			rex_symbols[i].addr = *rex_symbols[i].map_op;
	sort(rex_symbols, ARRAY_SIZE(rex_symbols), sizeof(rex_symbols[0]),
	     rex_symbol_cmp, NULL);
	return 0;
}
core_initcall(rex_symbols_init);
