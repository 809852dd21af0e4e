/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _REX_LINK_H
#define _REX_LINK_H

#include <linux/types.h>

#include "elf.h"
#include "image.h"

struct bpf_map;
struct rex_symbol;

/* Most different kernel symbols that an object uses. */
#define REX_MAX_LINKED		1024

/* The end of a message that starts with a symbol's name. */
#define REX_NOT_A_SYMBOL	\
	"not a kernel symbol that extensions may use: see docs/kernel-symbols.md"

/**
 * enum rex_linked_kind - what an undefined symbol of an object turns out to be
 * @REX_LINKED_DATA: a variable of the kernel: references get its address
 * @REX_LINKED_FUNC: a function of the kernel: they get that of a call thunk
 * @REX_LINKED_INDIRECT: __x86_indirect_thunk_<reg>: of a jump thunk
 * @REX_LINKED_RETURN: __x86_return_thunk: of a return thunk
 */
enum rex_linked_kind {
	REX_LINKED_DATA,
	REX_LINKED_FUNC,
	REX_LINKED_INDIRECT,
	REX_LINKED_RETURN,
};

/**
 * struct rex_linked - an undefined symbol of an object
 * @kind: what it is
 * @name: its name, in memory of the kernel
 * @sym: its entry in the table of symbols; NULL for the last two kinds
 * @reg: number of the register of an indirect thunk
 * @thunk: index of its thunk; nothing for data
 * @addr: what references to it get, once the image has memory
 * @target: where direct branches to it go: behind a call thunk's endbr64
 */
struct rex_linked {
	enum rex_linked_kind	kind;
	const char		*name;
	const struct rex_symbol	*sym;
	u32			reg;
	u32			thunk;
	unsigned long		addr;
	unsigned long		target;
};

/**
 * struct rex_link - an object that is being linked into the kernel
 * @elf: its file
 * @img: its image
 * @log: where the reason of a refusal goes
 * @linked: the undefined symbols that it uses
 * @linked_cnt: how many
 * @dynsym_linked: for each entry of @elf->dynsym: index in @linked plus 1, or
 *	0 where it is not in use
 * @symtab_linked: the same for @elf->symtab
 * @patched: a bit for each byte of the image whose code was replaced
 * @sites: sections with call sites were found
 * @slots: an entry of a procedure linkage table was found
 */
struct rex_link {
	const struct rex_elf	*elf;
	struct rex_image	*img;
	struct rex_log		*log;
	struct rex_linked	*linked;
	u32			linked_cnt;
	u16			*dynsym_linked;
	u16			*symtab_linked;
	unsigned long		*patched;
	bool			sites;
	bool			slots;
};

/**
 * rex_link_ptr() - where an address of the file is in memory
 * @link: the object
 * @addr: the address, in a segment
 */
static inline void *rex_link_ptr(const struct rex_link *link, u64 addr)
{
	return (void *)(link->img->bias + addr);
}

/* arch/x86/rex/reloc.c */
int rex_link_collect(struct rex_link *link);
int rex_link_relocate(struct rex_link *link);

/* tables.c */
int rex_link_maps(struct rex_link *link, struct bpf_map *const *maps,
		  u32 map_cnt);
int rex_link_progs(struct rex_link *link);
int rex_link_imports(struct rex_link *link);

/* names.c */
int rex_link_names(struct rex_link *link);

#endif /* _REX_LINK_H */
