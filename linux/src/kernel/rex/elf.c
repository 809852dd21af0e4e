// SPDX-License-Identifier: GPL-2.0
/*
 * Checks the ELF file of an object, before any of it is used.
 *
 * The file is trusted in nothing: each offset, size, count and index is
 * bounded here, once, and what is found is kept in struct rex_elf. The only
 * files that pass are position independent images as rex-ld makes them.
 */
#include <linux/bpf.h>
#include <linux/elf.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/string.h>

#include "elf.h"
#include "log.h"

/* Far more than any object has; keeps sizes within 32 bits. */
#define REX_MAX_SYMBOLS	SZ_4M

static int rex_elf_header(struct rex_elf *elf, struct rex_log *log)
{
	const Elf64_Ehdr *eh = elf->bytes;

	if (elf->size < SELFMAG || memcmp(eh->e_ident, ELFMAG, SELFMAG)) {
		rex_log(log,
			"ELF header: not an ELF file: load the file that cargo built");
		return -ENOEXEC;
	}
	if (elf->size < sizeof(*eh)) {
		rex_log(log,
			"ELF header: the file ends after %zu bytes: copy or build it again",
			elf->size);
		return -ENOEXEC;
	}
	if (eh->e_ident[EI_CLASS] != ELFCLASS64 ||
	    eh->e_ident[EI_DATA] != ELFDATA2LSB ||
	    eh->e_machine != EM_X86_64) {
		rex_log(log,
			"ELF header: class %u, data %u, machine %u; expected 64-bit little-endian x86-64: build for the target x86_64-unknown-none",
			eh->e_ident[EI_CLASS], eh->e_ident[EI_DATA],
			eh->e_machine);
		return -ENOEXEC;
	}
	if (eh->e_ident[EI_VERSION] != EV_CURRENT ||
	    eh->e_version != EV_CURRENT) {
		rex_log(log, "ELF header: version %u, expected 1: " REX_REBUILD,
			eh->e_version);
		return -ENOEXEC;
	}
	if (eh->e_type != ET_DYN) {
		rex_log(log,
			"ELF header: type %u, expected %u, a linked position independent image: "
			REX_REBUILD, eh->e_type, ET_DYN);
		return -ENOEXEC;
	}
	if (eh->e_ehsize != sizeof(*eh) ||
	    eh->e_phentsize != sizeof(Elf64_Phdr) ||
	    eh->e_shentsize != sizeof(Elf64_Shdr)) {
		rex_log(log,
			"ELF header: header sizes %u, %u, %u; expected %zu, %zu, %zu: "
			REX_REBUILD, eh->e_ehsize, eh->e_phentsize,
			eh->e_shentsize, sizeof(*eh), sizeof(Elf64_Phdr),
			sizeof(Elf64_Shdr));
		return -EINVAL;
	}
	if (!eh->e_phnum || !IS_ALIGNED(eh->e_phoff, sizeof(u64)) ||
	    !rex_elf_in_file(elf, eh->e_phoff,
			     eh->e_phnum * sizeof(Elf64_Phdr))) {
		rex_log(log,
			"program headers: %u at 0x%llx in a file of %zu bytes: copy or build it again",
			eh->e_phnum, eh->e_phoff, elf->size);
		return -EINVAL;
	}
	if (!eh->e_shnum || !IS_ALIGNED(eh->e_shoff, sizeof(u64)) ||
	    !rex_elf_in_file(elf, eh->e_shoff,
			     eh->e_shnum * sizeof(Elf64_Shdr))) {
		rex_log(log,
			"section headers: %u at 0x%llx in a file of %zu bytes: copy or build it again, and do not strip it",
			eh->e_shnum, eh->e_shoff, elf->size);
		return -EINVAL;
	}
	return 0;
}

/* A string table is a section in the file, and its last byte ends a string. */
static const char *rex_elf_strings(const struct rex_elf *elf, u32 section)
{
	const Elf64_Shdr *sh;
	const char *strings;

	if (section >= elf->section_cnt)
		return NULL;
	sh = &elf->sections[section];
	if (sh->sh_type != SHT_STRTAB || !sh->sh_size ||
	    !rex_elf_in_file(elf, sh->sh_offset, sh->sh_size))
		return NULL;
	strings = rex_elf_data(elf, sh);
	return strings[sh->sh_size - 1] ? NULL : strings;
}

/* Not in uapi/linux/elf.h. */
#define SHT_INIT_ARRAY		14
#define SHT_FINI_ARRAY		15
#define SHT_PREINIT_ARRAY	16
#define SHT_RELR		19
#define SHF_TLS			BIT(10)

/* Sections that an ordinary loader acts on, and this one does not. */
static int rex_elf_section_type(const struct rex_elf *elf,
				const Elf64_Shdr *sh, struct rex_log *log)
{
	const char *wrong;

	if (!(sh->sh_flags & SHF_ALLOC))
		return 0;
	if (sh->sh_flags & SHF_TLS) {
		wrong = "thread-local data: use a map instead";
	} else {
		switch (sh->sh_type) {
		case SHT_INIT_ARRAY:
		case SHT_FINI_ARRAY:
		case SHT_PREINIT_ARRAY:
			wrong = "constructors and destructors are not run: remove them";
			break;
		case SHT_REL:
		case SHT_RELR:
			wrong = "relocations without addends: " REX_REBUILD;
			break;
		default:
			return 0;
		}
	}
	rex_log(log, "section '%.64s': %s", rex_elf_name(elf, sh), wrong);
	return -EINVAL;
}

static int rex_elf_sections(struct rex_elf *elf, struct rex_log *log)
{
	const Elf64_Ehdr *eh = elf->bytes;
	u64 total = 0;
	u32 i;

	elf->sections = elf->bytes + eh->e_shoff;
	elf->section_cnt = eh->e_shnum;
	elf->names = rex_elf_strings(elf, eh->e_shstrndx);
	if (!elf->names) {
		rex_log(log,
			"section headers: the section names, section %u, are no string table: "
			REX_REBUILD, eh->e_shstrndx);
		return -EINVAL;
	}

	for (i = 0; i < elf->section_cnt; i++) {
		const Elf64_Shdr *sh = &elf->sections[i];
		int err;

		if (sh->sh_name >= elf->sections[eh->e_shstrndx].sh_size) {
			rex_log(log,
				"section %u: its name is at 0x%x, outside of the section names: "
				REX_REBUILD, i, sh->sh_name);
			return -EINVAL;
		}
		if (rex_elf_has_bytes(sh) &&
		    !rex_elf_in_file(elf, sh->sh_offset, sh->sh_size)) {
			rex_log(log,
				"section '%.64s': 0x%llx bytes at 0x%llx in a file of %zu bytes: copy or build it again",
				rex_elf_name(elf, sh), sh->sh_size,
				sh->sh_offset, elf->size);
			return -EINVAL;
		}
		/* So the work that sections make is bounded by the file. */
		if (rex_elf_has_bytes(sh))
			total += sh->sh_size;
		if (total > elf->size) {
			rex_log(log,
				"section '%.64s': overlaps another: "
				REX_REBUILD, rex_elf_name(elf, sh));
			return -EINVAL;
		}
		err = rex_elf_section_type(elf, sh, log);
		if (err)
			return err;
	}
	return 0;
}

/* An ELF file has at most one symbol table of each type. */
static int rex_elf_symtab(const struct rex_elf *elf, u32 section,
			  struct rex_symtab *tab, struct rex_log *log)
{
	const Elf64_Shdr *sh = &elf->sections[section];
	const char *strings = rex_elf_strings(elf, sh->sh_link);

	if (tab->section || !strings || sh->sh_entsize != sizeof(Elf64_Sym) ||
	    sh->sh_size % sizeof(Elf64_Sym) ||
	    sh->sh_size > REX_MAX_SYMBOLS * sizeof(Elf64_Sym) ||
	    !IS_ALIGNED(sh->sh_offset, sizeof(u64))) {
		rex_log(log,
			"section '%.64s': not the only symbol table of its type, or malformed: "
			REX_REBUILD, rex_elf_name(elf, sh));
		return -EINVAL;
	}
	tab->section = section;
	tab->syms = rex_elf_data(elf, sh);
	tab->count = sh->sh_size / sizeof(Elf64_Sym);
	tab->strings = strings;
	tab->strings_size = elf->sections[sh->sh_link].sh_size;
	return 0;
}

static int rex_elf_symtabs(struct rex_elf *elf, struct rex_log *log)
{
	int err = 0;
	u32 i;

	for (i = 0; i < elf->section_cnt && !err; i++) {
		if (elf->sections[i].sh_type == SHT_SYMTAB)
			err = rex_elf_symtab(elf, i, &elf->symtab, log);
		else if (elf->sections[i].sh_type == SHT_DYNSYM)
			err = rex_elf_symtab(elf, i, &elf->dynsym, log);
	}
	return err;
}

/**
 * struct rex_known_section - a section that has a meaning to Rex
 * @name: its name
 * @where: offset in struct rex_elf of the pointer to it
 * @entry_size: it is an array of entries of this size; 0 where it is not
 * @max: most entries
 * @alloc: it is loaded
 * @missing: why it is needed and what to do; NULL where it is not needed
 */
struct rex_known_section {
	const char	*name;
	size_t		where;
	u32		entry_size;
	u32		max;
	bool		alloc;
	const char	*missing;
};

static const struct rex_known_section rex_known_sections[] = {
	{
		.name		= ".rex.progs",
		.where		= offsetof(struct rex_elf, progs),
		.entry_size	= sizeof(struct rex_prog_desc),
		.max		= REX_MAX_PROGS,
		.alloc		= true,
		.missing	= "no programs: mark a function as one, as with #[rex_kprobe]",
	}, {
		.name		= ".rex.maps",
		.where		= offsetof(struct rex_elf, maps),
		.entry_size	= sizeof(struct rex_map_desc),
		.max		= REX_MAX_MAPS,
		.alloc		= true,
	}, {
		.name		= ".rex.imports",
		.where		= offsetof(struct rex_elf, imports),
		.entry_size	= sizeof(struct rex_import_desc),
		.max		= REX_MAX_IMPORTS,
		.alloc		= true,
	}, {
		.name		= ".rex.symbols",
		.where		= offsetof(struct rex_elf, symbols),
	}, {
		.name		= "license",
		.where		= offsetof(struct rex_elf, license),
		.alloc		= true,
		.missing	= "no license: build against the rex crate, which states it",
	},
};

static int rex_elf_known(struct rex_elf *elf,
			 const struct rex_known_section *known,
			 const Elf64_Shdr *sh, struct rex_log *log)
{
	const Elf64_Shdr **where = (void *)elf + known->where;

	if (*where || sh->sh_type != SHT_PROGBITS || !sh->sh_size ||
	    known->alloc != !!(sh->sh_flags & SHF_ALLOC)) {
		rex_log(log,
			"section '%s': not the only one, empty, or of type %u and flags 0x%llx: "
			REX_REBUILD, known->name, sh->sh_type, sh->sh_flags);
		return -EINVAL;
	}
	if (known->entry_size && sh->sh_size % known->entry_size) {
		rex_log(log,
			"section '%s': 0x%llx bytes are no whole number of entries of %u: "
			REX_REBUILD, known->name, sh->sh_size,
			known->entry_size);
		return -EINVAL;
	}
	if (known->entry_size && sh->sh_size / known->entry_size > known->max) {
		rex_log(log,
			"section '%s': %llu entries, the limit is %u: split the object",
			known->name, sh->sh_size / known->entry_size,
			known->max);
		return -E2BIG;
	}
	*where = sh;
	return 0;
}

static int rex_elf_find(struct rex_elf *elf, struct rex_log *log)
{
	const struct rex_known_section *known;
	int err;
	u32 i;

	for (known = rex_known_sections;
	     known < rex_known_sections + ARRAY_SIZE(rex_known_sections);
	     known++) {
		for (i = 0; i < elf->section_cnt; i++) {
			const Elf64_Shdr *sh = &elf->sections[i];

			if (strcmp(rex_elf_name(elf, sh), known->name))
				continue;
			err = rex_elf_known(elf, known, sh, log);
			if (err)
				return err;
		}
		if (known->missing &&
		    !*(const Elf64_Shdr **)((void *)elf + known->where)) {
			rex_log(log, "section '%s': %s", known->name,
				known->missing);
			return -EINVAL;
		}
	}
	if (strnlen(rex_elf_data(elf, elf->license), elf->license->sh_size) ==
	    elf->license->sh_size) {
		rex_log(log,
			"section 'license': not a string: build against the rex crate, which states it");
		return -EINVAL;
	}
	return 0;
}

/**
 * rex_elf_parse() - check an object's file
 * @elf: filled in
 * @bytes: the file, in memory that nobody else writes
 * @size: bytes of the file
 * @log: where the reason of a refusal goes
 *
 * Return: 0; -ENOEXEC where the file is no object for this machine and
 * kernel, -EINVAL where it is malformed, -E2BIG where it is too large.
 */
int rex_elf_parse(struct rex_elf *elf, const void *bytes, size_t size,
		  struct rex_log *log)
{
	int err;

	memset(elf, 0, sizeof(*elf));
	elf->bytes = bytes;
	elf->size = size;

	err = rex_elf_header(elf, log);
	if (!err)
		err = rex_elf_sections(elf, log);
	if (!err)
		err = rex_note_check(elf, log);
	if (!err)
		err = rex_elf_segments(elf, log);
	if (!err)
		err = rex_elf_placed(elf, log);
	if (!err)
		err = rex_elf_symtabs(elf, log);
	if (!err)
		err = rex_elf_find(elf, log);
	return err;
}
