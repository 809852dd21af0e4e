// SPDX-License-Identifier: GPL-2.0
/*
 * Names of an object's functions, from its section .rex.symbols.
 *
 * The table is a copy that is checked once and then only read, so that stack
 * traces can use it in any context.
 */
#include <linux/kallsyms.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "elf.h"
#include "image.h"
#include "link.h"
#include "log.h"

#define REX_NAMES_SIZE_MAX	SZ_4M

/* Strings that a console can print, each short enough for its reader. */
static bool rex_names_strings_ok(const char *strings, u32 size)
{
	u32 i, len = 0;

	if (!size || strings[size - 1])
		return false;
	for (i = 0; i < size; i++) {
		unsigned char c = strings[i];

		if (!c)
			len = 0;
		else if (++len >= KSYM_NAME_LEN || c < ' ' || c == 0x7f)
			return false;
	}
	return true;
}

static bool rex_names_sym_ok(const struct rex_elf *elf,
			     const struct rex_symbol_table *tab, u32 i)
{
	const struct rex_symbol_name *sym = &tab->syms[i];
	const struct rex_segment *seg;

	seg = rex_elf_segment(elf, sym->addr, sym->size);
	return seg && (seg->flags & PF_X) && sym->name < tab->strings_size &&
	       (!i || sym[-1].addr <= sym->addr);
}

/**
 * rex_link_names() - take the names of an object's functions
 * @link: the object
 *
 * Return: 0; -EINVAL where the table is malformed, -E2BIG where it is too
 * large; -ENOMEM.
 */
int rex_link_names(struct rex_link *link)
{
	const Elf64_Shdr *sh = link->elf->symbols;
	struct rex_symbol_table *tab;
	u64 syms_size;
	u32 i;

	if (!sh)
		return 0;
	if (sh->sh_size > REX_NAMES_SIZE_MAX) {
		rex_log(link->log,
			"section '.rex.symbols': %llu bytes of names, the limit is %u: do without names in backtraces (llvm-objcopy --remove-section=.rex.symbols)",
			sh->sh_size, REX_NAMES_SIZE_MAX);
		return -E2BIG;
	}
	if (sh->sh_size < sizeof(*tab))
		goto malformed;
	tab = kvmemdup(rex_elf_data(link->elf, sh), sh->sh_size,
		       GFP_KERNEL_ACCOUNT);
	if (!tab)
		return -ENOMEM;
	link->img->names = tab;

	syms_size = (u64)tab->count * sizeof(tab->syms[0]);
	if (syms_size + tab->strings_size != sh->sh_size - sizeof(*tab) ||
	    (tab->count && !rex_names_strings_ok((void *)&tab->syms[tab->count],
						 tab->strings_size)))
		goto malformed;
	for (i = 0; i < tab->count; i++)
		if (!rex_names_sym_ok(link->elf, tab, i))
			goto malformed;
	return 0;

malformed:
	rex_log(link->log,
		"section '.rex.symbols': malformed: build the object with cargo and rex-ld");
	return -EINVAL;
}

/**
 * rex_image_symbol() - find the function of an object at an address
 * @img: the object's image
 * @addr: the address
 * @size: set to the size of the function
 * @off: set to the offset of @addr in it
 *
 * A call thunk goes by the name of the function that it calls.
 *
 * Context: any; the caller keeps the object from being freed.
 * Return: the name, or NULL where no function is known to be there.
 */
const char *rex_image_symbol(const struct rex_image *img, unsigned long addr,
			     unsigned long *size, unsigned long *off)
{
	const struct rex_symbol_table *tab = img->names;
	unsigned long vaddr = addr - img->bias;
	u32 low = 0, high;

	if (addr - (unsigned long)img->base <
	    img->thunk_cnt * (unsigned long)REX_THUNK_SIZE) {
		*off = addr - (unsigned long)img->base;
		*size = REX_THUNK_SIZE;
		low = *off / REX_THUNK_SIZE;
		*off %= REX_THUNK_SIZE;
		return img->thunks[low];
	}
	if (!tab)
		return NULL;

	/* The last one that starts at or before the address. */
	high = tab->count;
	while (low < high) {
		u32 mid = low + (high - low) / 2;

		if (tab->syms[mid].addr <= vaddr)
			low = mid + 1;
		else
			high = mid;
	}
	if (!low || vaddr - tab->syms[low - 1].addr >= tab->syms[low - 1].size)
		return NULL;

	*off = vaddr - tab->syms[low - 1].addr;
	*size = tab->syms[low - 1].size;
	return (const char *)&tab->syms[tab->count] + tab->syms[low - 1].name;
}
