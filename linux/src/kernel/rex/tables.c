// SPDX-License-Identifier: GPL-2.0
/*
 * The tables of an object: its programs, its maps and what it imports.
 *
 * They are read from the image after relocation, when the addresses in them
 * are addresses in memory, into copies, and each value in a copy is checked.
 */
#include <linux/bpf.h>
#include <linux/ctype.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <asm/ibt.h>

#include "elf.h"
#include "image.h"
#include "link.h"
#include "log.h"
#include "symbols.h"

static int rex_table_copy(const struct rex_link *link, const Elf64_Shdr *sh,
			  size_t entry_size, void **table, u32 *cnt)
{
	if (!sh)
		return 0;
	*table = kvmemdup(rex_link_ptr(link, sh->sh_addr), sh->sh_size,
			  GFP_KERNEL_ACCOUNT);
	if (!*table)
		return -ENOMEM;
	*cnt = sh->sh_size / entry_size;
	return 0;
}

static bool rex_identifier_ok(const char *name, size_t size)
{
	size_t i;

	for (i = 0; i < size && name[i]; i++)
		if (!isascii(name[i]) ||
		    !(name[i] == '_' || isalpha(name[i]) ||
		      (i && isdigit(name[i]))))
			return false;
	return i && i < size;
}

/* A string that ends within its field and that a console can print. */
static bool rex_string_ok(const char *string, size_t size)
{
	size_t i;

	for (i = 0; i < size && string[i]; i++)
		if (!isascii(string[i]) || !isprint(string[i]))
			return false;
	return i && i < size;
}

/* Map @i is @map: does it have the shape that the object was compiled for? */
static int rex_map_match(const struct rex_link *link, u32 i,
			 const struct rex_map_handle *want,
			 const struct bpf_map *map)
{
	/*
	 * Those flags say what user space may do, and are not kept; the last
	 * is the kernel's own, for maps of devices.
	 */
	const u32 ignored = BPF_F_RDONLY | BPF_F_WRONLY | BPF_F_RDONLY_PROG;
	const char *name = link->img->maps[i].name;
	const struct {
		const char	*what;
		u32		want, have;
	} fields[] = {
		{ "type", want->map_type, map->map_type },
		{ "key size", want->key_size, map->key_size },
		{ "value size", want->value_size, map->value_size },
		{ "flags", want->map_flags & ~ignored,
		  map->map_flags & ~ignored },
	};
	u32 f;

	for (f = 0; f < ARRAY_SIZE(fields); f++) {
		if (fields[f].want == fields[f].have)
			continue;
		rex_log(link->log,
			"map '%s': its %s is %u, the object was compiled for %u: create the map as the object declares it",
			name, fields[f].what, fields[f].have, fields[f].want);
		return -EINVAL;
	}
	return 0;
}

static struct rex_map_handle *rex_map_handle(const struct rex_link *link,
					     const struct rex_map_desc *desc)
{
	u64 addr = desc->handle - link->img->bias;
	struct rex_map_handle *handle = rex_link_ptr(link, addr);

	if (addr < link->elf->relro_start || addr > link->elf->relro_end ||
	    link->elf->relro_end - addr < sizeof(*handle) ||
	    !IS_ALIGNED(addr, sizeof(u64)))
		return NULL;
	if (handle->reserved || handle->map)
		return NULL;
	return handle;
}

/**
 * rex_link_maps() - give an object its maps
 * @link: the object; relocated, still writable
 * @maps: the maps, in the order of .rex.maps
 * @map_cnt: how many
 *
 * Return: 0; -EINVAL where the table is malformed or a map is not what the
 * object was compiled for; -ENOMEM.
 */
int rex_link_maps(struct rex_link *link, struct bpf_map *const *maps,
		  u32 map_cnt)
{
	struct rex_image *img = link->img;
	struct rex_map_handle *handle;
	u32 i, j;
	int err;

	err = rex_table_copy(link, link->elf->maps, sizeof(*img->maps),
			     (void **)&img->maps, &img->map_cnt);
	if (err)
		return err;
	if (img->map_cnt != map_cnt) {
		rex_log(link->log,
			"section '.rex.maps': %u maps, but %u were given: give one for each",
			img->map_cnt, map_cnt);
		return -EINVAL;
	}

	for (i = 0; i < map_cnt; i++) {
		const struct rex_map_desc *desc = &img->maps[i];

		if (!rex_identifier_ok(desc->name, sizeof(desc->name))) {
			rex_log(link->log,
				"section '.rex.maps': the name of map %u is no C identifier: "
				REX_REBUILD, i);
			return -EINVAL;
		}
		for (j = 0; j < i; j++) {
			if (strcmp(img->maps[j].name, desc->name))
				continue;
			rex_log(link->log,
				"section '.rex.maps': two maps have the name '%s': rename one",
				desc->name);
			return -EINVAL;
		}
		handle = rex_map_handle(link, desc);
		if (!handle) {
			rex_log(link->log,
				"map '%s': its handle is not an unused one in memory that becomes read-only: "
				REX_REBUILD, desc->name);
			return -EINVAL;
		}
		err = rex_map_match(link, i, handle, maps[i]);
		if (err)
			return err;

		handle->max_entries = maps[i]->max_entries;
		handle->map = (unsigned long)maps[i];
	}
	return 0;
}

/* The dispatcher calls it, which takes an ENDBR where the kernel has IBT. */
static bool rex_entry_ok(const struct rex_link *link, u64 entry)
{
	u64 addr = entry - link->img->bias;
	const struct rex_segment *seg;

	seg = rex_elf_segment(link->elf, addr, sizeof(u32));
	if (!seg || !(seg->flags & PF_X) ||
	    addr - seg->addr + sizeof(u32) > seg->file_size)
		return false;
	return !IS_ENABLED(CONFIG_X86_KERNEL_IBT) ||
	       is_endbr(*(u32 *)rex_link_ptr(link, addr));
}

static int rex_prog_desc_check(const struct rex_link *link, u32 i)
{
	const struct rex_prog_desc *desc = &link->img->progs[i];
	u32 j;

	if (!rex_identifier_ok(desc->name, sizeof(desc->name))) {
		rex_log(link->log,
			"section '.rex.progs': the name of program %u is no C identifier: "
			REX_REBUILD, i);
		return -EINVAL;
	}
	for (j = 0; j < i; j++) {
		if (strcmp(link->img->progs[j].name, desc->name))
			continue;
		rex_log(link->log,
			"section '.rex.progs': two programs have the name '%s': rename one",
			desc->name);
		return -EINVAL;
	}
	if (!rex_string_ok(desc->section, sizeof(desc->section))) {
		rex_log(link->log,
			"program '%s': its section name is no string: "
			REX_REBUILD, desc->name);
		return -EINVAL;
	}
	if (desc->flags & ~REX_PROG_XDP_FRAGS ||
	    (desc->flags && desc->prog_type != BPF_PROG_TYPE_XDP)) {
		rex_log(link->log,
			"program '%s': unknown flags 0x%x: "
			REX_REBUILD, desc->name, desc->flags);
		return -EINVAL;
	}
	if (!rex_entry_ok(link, desc->entry)) {
		rex_log(link->log,
			"program '%s': its entry is not the start of a function in executable memory: "
			REX_REBUILD, desc->name);
		return -EINVAL;
	}
	return 0;
}

/**
 * rex_link_progs() - take the table of an object's programs
 * @link: the object; relocated
 *
 * Return: 0; -EINVAL where the table is malformed; -ENOMEM.
 */
int rex_link_progs(struct rex_link *link)
{
	struct rex_image *img = link->img;
	int err;
	u32 i;

	err = rex_table_copy(link, link->elf->progs, sizeof(*img->progs),
			     (void **)&img->progs, &img->prog_cnt);
	for (i = 0; i < img->prog_cnt && !err; i++)
		err = rex_prog_desc_check(link, i);
	return err;
}

static bool rex_is_entry(const struct rex_image *img, u64 entry)
{
	u32 i;

	for (i = 0; i < img->prog_cnt; i++)
		if (img->progs[i].entry == entry)
			return true;
	return false;
}

static bool rex_is_imported(const struct rex_image *img, const char *name)
{
	u32 i;

	for (i = 0; i < img->import_cnt; i++)
		if (!strcmp(img->imports[i].symbol, name))
			return true;
	return false;
}

/**
 * rex_link_imports() - take the table of what an object's programs can reach
 * @link: the object; relocated, its programs are known
 *
 * The table decides which helpers a program needs to be allowed, so each that
 * the object is linked to has to be in it.
 *
 * Return: 0; -ENOENT where a symbol is not one for extensions; -EINVAL where
 * the table is malformed or incomplete; -ENOMEM.
 */
int rex_link_imports(struct rex_link *link)
{
	struct rex_image *img = link->img;
	int err;
	u32 i;

	err = rex_table_copy(link, link->elf->imports, sizeof(*img->imports),
			     (void **)&img->imports, &img->import_cnt);
	if (err)
		return err;

	for (i = 0; i < img->import_cnt; i++) {
		const struct rex_import_desc *desc = &img->imports[i];

		if (!rex_string_ok(desc->symbol, sizeof(desc->symbol)) ||
		    !rex_is_entry(img, desc->entry)) {
			rex_log(link->log,
				"section '.rex.imports': entry %u has no symbol name, or not the entry of a program: "
				REX_REBUILD, i);
			return -EINVAL;
		}
		if (!rex_symbol_find(desc->symbol)) {
			rex_log(link->log,
				"section '.rex.imports': '%s' is "
				REX_NOT_A_SYMBOL,
				desc->symbol);
			return -ENOENT;
		}
	}

	for (i = 0; i < link->linked_cnt; i++) {
		const struct rex_symbol *sym = link->linked[i].sym;

		if (!sym || sym->kind != REX_SYM_HELPER ||
		    rex_is_imported(img, sym->name))
			continue;
		rex_log(link->log,
			"section '.rex.imports': '%s' is called, but no program has it listed: "
			REX_REBUILD, sym->name);
		return -EINVAL;
	}
	return 0;
}
