/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _REX_SYMBOLS_H
#define _REX_SYMBOLS_H

#include <linux/bits.h>
#include <linux/types.h>
#include <uapi/linux/bpf.h>

/**
 * enum rex_symbol_kind - what a symbol is
 * @REX_SYM_FUNC: a function of the Rex runtime
 * @REX_SYM_HELPER: a helper of eBPF
 * @REX_SYM_DATA: a variable
 */
enum rex_symbol_kind {
	REX_SYM_FUNC,
	REX_SYM_HELPER,
	REX_SYM_DATA,
};

/* The function never returns. */
#define REX_SYM_NORETURN	BIT(0)

/**
 * struct rex_symbol - a kernel symbol that extensions may use
 * @name: its name
 * @addr: its address; of a per-CPU variable, its per-CPU offset
 * @map_op: where @addr is read from, if it is an operation of a type of map
 * @kind: what it is
 * @flags: REX_SYM_* flags
 * @helper: enum bpf_func_id of a helper
 */
struct rex_symbol {
	const char		*name;
	unsigned long		addr;
	const unsigned long	*map_op;
	enum rex_symbol_kind	kind;
	u32			flags;
	u32			helper;
};

const struct rex_symbol *rex_symbol_find(const char *name);

#endif /* _REX_SYMBOLS_H */
