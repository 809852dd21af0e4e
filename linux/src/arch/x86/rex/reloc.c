// SPDX-License-Identifier: GPL-2.0
/*
 * Relocation of an object: addresses in its data, and branches in its text.
 *
 * The loaded relocation sections (.rela.dyn) are what an ordinary loader
 * applies. The others (.rela.text) are the compiler's own, kept by the linker
 * with --emit-relocs: they tell where the text branches to symbols that the
 * object does not define. Each such branch is made a direct one to a thunk,
 * so that neither the PLT nor an indirect call is ever run.
 *
 * Both are gone through twice: once to learn which symbols are in use, which
 * says how many thunks there are, then to apply them.
 */
#include <linux/elf.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/unaligned.h>
#include <asm/alternative.h>
#include <asm/ibt.h>
#include <asm/text-patching.h>

#include "../../../kernel/rex/link.h"
#include "../../../kernel/rex/log.h"
#include "../../../kernel/rex/symbols.h"
#include "../../../kernel/rex/thunk.h"
#include "site.h"

/* Not in asm/elf.h. */
#define R_X86_64_GOTPCRELX	41
#define R_X86_64_REX_GOTPCRELX	42

/* Relocations between two chances for other tasks. */
#define REX_RESCHED		4096

/**
 * struct rex_rela - a relocation
 * @section: the section it is in
 * @index: its number in that
 * @type: R_X86_64_*
 * @place: what it changes, an address in the image
 * @addend: its addend
 * @sym: the symbol; NULL where it has none, or one that the object defines
 * @name: name of @sym
 * @linked: @sym's entry in dynsym_linked or symtab_linked
 */
struct rex_rela {
	const Elf64_Shdr	*section;
	u64			index;
	u32			type;
	u64			place;
	s64			addend;
	const Elf64_Sym		*sym;
	const char		*name;
	u16			*linked;
};

typedef int (*rex_rela_fn)(struct rex_link *link, const struct rex_rela *rela);

static int rex_rela_refuse(const struct rex_link *link,
			   const struct rex_rela *rela, const char *why)
{
	rex_log(link->log,
		"section '%.64s': relocation %llu of type %u at 0x%llx%s%.128s: %s: "
		REX_REBUILD, rex_elf_name(link->elf, rela->section),
		rela->index, rela->type, rela->place,
		rela->sym ? " for " : "", rela->sym ? rela->name : "", why);
	return -EINVAL;
}

/* Is it a section of branches in text that is loaded? */
static bool rex_rela_is_sites(const struct rex_elf *elf, const Elf64_Shdr *sh)
{
	u64 text = SHF_ALLOC | SHF_EXECINSTR;

	return !(sh->sh_flags & SHF_ALLOC) && sh->sh_info < elf->section_cnt &&
	       (elf->sections[sh->sh_info].sh_flags & text) == text;
}

static int rex_rela_read(const struct rex_link *link, struct rex_rela *rela,
			 const Elf64_Rela *raw)
{
	const struct rex_elf *elf = link->elf;
	u32 index = ELF64_R_SYM(raw->r_info);
	const struct rex_symtab *tab;
	const Elf64_Sym *sym;
	u16 *linked;

	rela->type = ELF64_R_TYPE(raw->r_info);
	rela->place = raw->r_offset;
	rela->addend = raw->r_addend;
	rela->sym = NULL;
	if (!index)
		return 0;

	if (rela->section->sh_link == elf->dynsym.section) {
		tab = &elf->dynsym;
		linked = link->dynsym_linked;
	} else {
		tab = &elf->symtab;
		linked = link->symtab_linked;
	}
	if (!tab->section || rela->section->sh_link != tab->section ||
	    index >= tab->count)
		return rex_rela_refuse(link, rela, "symbol out of bounds");

	sym = &tab->syms[index];
	if (sym->st_shndx != SHN_UNDEF)
		return 0;
	if (sym->st_name >= tab->strings_size)
		return rex_rela_refuse(link, rela, "symbol name out of bounds");
	rela->sym = sym;
	rela->name = tab->strings + sym->st_name;
	rela->linked = &linked[index];
	return 0;
}

static int rex_rela_section(struct rex_link *link, const Elf64_Shdr *sh,
			    rex_rela_fn fn)
{
	const Elf64_Rela *raw = rex_elf_data(link->elf, sh);
	struct rex_rela rela = { .section = sh };
	u64 count = sh->sh_size / sizeof(*raw);
	int err;

	if (sh->sh_entsize != sizeof(*raw) || sh->sh_size % sizeof(*raw) ||
	    !IS_ALIGNED(sh->sh_offset, sizeof(u64))) {
		rex_log(link->log, "section '%.64s': malformed: " REX_REBUILD,
			rex_elf_name(link->elf, sh));
		return -EINVAL;
	}
	for (rela.index = 0; rela.index < count; rela.index++) {
		err = rex_rela_read(link, &rela, &raw[rela.index]);
		if (!err)
			err = fn(link, &rela);
		if (err)
			return err;
		if (!(rela.index % REX_RESCHED))
			cond_resched();
	}
	return 0;
}

/* Call one function for data's relocations, and one for branches in text. */
static int rex_rela_each(struct rex_link *link, rex_rela_fn data,
			 rex_rela_fn site)
{
	const struct rex_elf *elf = link->elf;
	int err = 0;
	u32 i;

	for (i = 0; i < elf->section_cnt && !err; i++) {
		const Elf64_Shdr *sh = &elf->sections[i];

		if (sh->sh_type != SHT_RELA)
			continue;
		if (sh->sh_flags & SHF_ALLOC) {
			err = rex_rela_section(link, sh, data);
		} else if (rex_rela_is_sites(elf, sh)) {
			link->sites = true;
			err = rex_rela_section(link, sh, site);
		}
	}
	return err;
}

/* Fill in what an undefined symbol of this name is. */
static int rex_linked_init(const struct rex_link *link,
			   struct rex_linked *linked, const char *name)
{
	int reg = rex_thunk_register(name);

	memset(linked, 0, sizeof(*linked));
	if (reg >= 0) {
		linked->kind = REX_LINKED_INDIRECT;
		linked->reg = reg;
		linked->name = "__x86_indirect_thunk";
		return 0;
	}
	if (!strcmp(name, "__x86_return_thunk")) {
		linked->kind = REX_LINKED_RETURN;
		linked->name = "__x86_return_thunk";
		return 0;
	}
	linked->sym = rex_symbol_find(name);
	if (!linked->sym) {
		rex_log(link->log, "symbol '%.128s': " REX_NOT_A_SYMBOL, name);
		return -ENOENT;
	}
	linked->kind = linked->sym->kind == REX_SYM_DATA ? REX_LINKED_DATA :
							   REX_LINKED_FUNC;
	linked->name = linked->sym->name;
	return 0;
}

/* First round: give the relocation's symbol an entry in link->linked. */
static int rex_rela_collect(struct rex_link *link, const struct rex_rela *rela)
{
	struct rex_linked *new = &link->linked[link->linked_cnt];
	int err;
	u32 i;

	if (rela->type == R_X86_64_JUMP_SLOT)
		link->slots = true;
	if (!rela->sym || *rela->linked || rela->type == R_X86_64_JUMP_SLOT)
		return 0;

	err = rex_linked_init(link, new, rela->name);
	if (err)
		return err;
	for (i = 0; i < link->linked_cnt; i++) {
		const struct rex_linked *old = &link->linked[i];

		if (old->kind == new->kind && old->sym == new->sym &&
		    old->reg == new->reg)
			goto found;
	}
	if (link->linked_cnt == REX_MAX_LINKED - 1) {
		rex_log(link->log,
			"symbol '%.128s': more than %u kernel symbols: split the object",
			rela->name, REX_MAX_LINKED - 1);
		return -E2BIG;
	}
	if (new->kind != REX_LINKED_DATA)
		new->thunk = link->img->thunk_cnt++;
	link->linked_cnt++;
found:
	*rela->linked = i + 1;
	return 0;
}

/**
 * rex_link_collect() - learn which kernel symbols an object uses
 * @link: the object; has no memory yet
 *
 * Return: 0; -ENOENT where it uses one that is not for extensions; -EINVAL
 * where a relocation is malformed; -E2BIG.
 */
int rex_link_collect(struct rex_link *link)
{
	int err;

	err = rex_rela_each(link, rex_rela_collect, rex_rela_collect);
	if (err)
		return err;
	if (link->slots && !link->sites) {
		rex_log(link->log,
			"its relocations of text are missing, so its calls of the kernel can't be linked: build it with rex-ld and strip nothing but debug information (llvm-strip -g)");
		return -EINVAL;
	}
	return 0;
}

static void rex_link_thunks(struct rex_link *link)
{
	u32 i;

	for (i = 0; i < link->linked_cnt; i++) {
		struct rex_linked *linked = &link->linked[i];
		u8 *thunk = link->img->base + linked->thunk * REX_THUNK_SIZE;

		linked->addr = (unsigned long)thunk;
		linked->target = linked->addr;
		switch (linked->kind) {
		case REX_LINKED_DATA:
			linked->addr = linked->sym->addr;
			break;
		case REX_LINKED_FUNC:
			rex_thunk_call(thunk, linked->sym->addr,
				       !(linked->sym->flags & REX_SYM_NORETURN));
			linked->target += ENDBR_INSN_SIZE;
			break;
		case REX_LINKED_INDIRECT:
			rex_thunk_indirect(thunk, linked->reg);
			break;
		case REX_LINKED_RETURN:
			rex_emit_return(thunk);
			break;
		}
	}
}

static const struct rex_linked *rex_rela_linked(const struct rex_link *link,
						const struct rex_rela *rela)
{
	return &link->linked[*rela->linked - 1];
}

/* Second round, addresses in data. */
static int rex_rela_data(struct rex_link *link, const struct rex_rela *rela)
{
	const struct rex_segment *seg;
	u64 value;

	switch (rela->type) {
	case R_X86_64_NONE:
	case R_X86_64_JUMP_SLOT:	/* of the PLT, which is never run */
		return 0;
	case R_X86_64_RELATIVE:
		if ((u64)rela->addend < link->elf->low ||
		    (u64)rela->addend > link->elf->high)
			return rex_rela_refuse(link, rela,
					       "points out of the image");
		value = link->img->bias + rela->addend;
		break;
	case R_X86_64_64:
		if (rela->addend)
			return rex_rela_refuse(link, rela,
					       "points into a kernel symbol");
		fallthrough;
	case R_X86_64_GLOB_DAT:
		if (!rela->sym)
			return rex_rela_refuse(link, rela,
					       "not for an undefined symbol");
		value = rex_rela_linked(link, rela)->addr;
		break;
	default:
		return rex_rela_refuse(link, rela, "unknown type");
	}

	seg = rex_elf_segment(link->elf, rela->place, sizeof(u64));
	if (!seg || !(seg->flags & PF_W))
		return rex_rela_refuse(link, rela, "not in writable data");
	put_unaligned(value, (u64 *)rex_link_ptr(link, rela->place));
	return 0;
}

/* Second round, branches in text. */
static int rex_rela_site(struct rex_link *link, const struct rex_rela *rela)
{
	const struct rex_linked *linked;
	const char *wrong;

	if (!rela->sym || rela->type == R_X86_64_NONE)
		return 0;
	linked = rex_rela_linked(link, rela);

	switch (rela->type) {
	case R_X86_64_PLT32:
		wrong = rex_site_branch(link, linked, rela->place,
					rela->addend);
		break;
	case R_X86_64_GOTPCREL:
	case R_X86_64_GOTPCRELX:
	case R_X86_64_REX_GOTPCRELX:
		wrong = rex_site_got(link, linked, rela->place, rela->addend);
		break;
	default:
		wrong = "unknown type";
		break;
	}
	return wrong ? rex_rela_refuse(link, rela, wrong) : 0;
}

/* What the linker made for calls through the GOT is a trap. */
static void rex_link_fill_plt(struct rex_link *link)
{
	const struct rex_elf *elf = link->elf;
	u32 i;

	for (i = 0; i < elf->section_cnt; i++) {
		const Elf64_Shdr *sh = &elf->sections[i];

		if (sh->sh_type == SHT_PROGBITS &&
		    (sh->sh_flags & SHF_ALLOC) &&
		    (sh->sh_flags & SHF_EXECINSTR) &&
		    str_has_prefix(rex_elf_name(elf, sh), ".plt"))
			memset(rex_link_ptr(link, sh->sh_addr),
			       INT3_INSN_OPCODE, sh->sh_size);
	}
}

/**
 * rex_link_relocate() - relocate an object and link its branches
 * @link: the object; in memory that is not executable yet, its symbols
 *	collected
 *
 * Return: 0, or -EINVAL where a relocation is malformed or of no known type.
 */
int rex_link_relocate(struct rex_link *link)
{
	rex_link_thunks(link);
	rex_link_fill_plt(link);
	return rex_rela_each(link, rex_rela_data, rex_rela_site);
}
