// SPDX-License-Identifier: GPL-2.0
/*
 * Reading a Rex object. Only what is needed to create its maps and placeholders
 * is looked at: that the file can be trusted is the kernel's to check, for it
 * reads the same bytes.
 *
 * .rex.progs is an array of struct rex_prog_desc, .rex.maps one of struct
 * rex_map_desc, and .rex.types has a struct rex_map_types for each map. The file is position independent, so pointers in it are 0, and
 * their values are the addends of R_X86_64_RELATIVE relocations:
 *
 *	.rex.maps[i].handle  <- .rela.dyn { offset: its address,
 *					     addend: the handle's address }
 */
#include <elf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <gelf.h>
#include <libelf.h>

#include "elf.h"
#include "hooks.h"
#include "log.h"
#include "maps.h"

#define PROGS_SECTION ".rex.progs"
#define MAPS_SECTION ".rex.maps"
#define TYPES_SECTION ".rex.types"
#define REBUILD "rebuild it with 'cargo build --release'"

/* Far more than anyone needs: what is quadratic below stays cheap. */
#define ENTRIES_MAX 1024

struct reader {
	const char *object;
	Elf *elf;
	size_t shnum;
	size_t shstrndx;
};

struct section {
	bool found;
	GElf_Shdr shdr;
	const char *data; /* NULL without content in the file */
};

static int check_header(const char *object, const void *image, size_t size)
{
	Elf64_Ehdr ehdr;

	if (!size)
		return rex_err(object, ENOEXEC, "the file is empty: " REBUILD);
	if (size < EI_NIDENT || memcmp(image, ELFMAG, SELFMAG))
		return rex_err(object, ENOEXEC,
			       "not an ELF file: name the file that 'cargo build --release' made");
	if (((const char *)image)[EI_CLASS] != ELFCLASS64)
		return rex_err(object, ENOEXEC,
			       "ELF header: not a 64-bit file: build it for x86_64-unknown-none");
	if (((const char *)image)[EI_DATA] != ELFDATA2LSB)
		return rex_err(object, ENOEXEC,
			       "ELF header: not little-endian: build it for x86_64-unknown-none");
	if (size < sizeof(ehdr))
		return rex_err(object, ENOEXEC,
			       "ELF header: file cut after %zu bytes: " REBUILD,
			       size);

	memcpy(&ehdr, image, sizeof(ehdr));
	if (ehdr.e_machine != EM_X86_64)
		return rex_err(object, ENOEXEC,
			       "ELF header: machine %u, expected %u (x86-64): build it for x86_64-unknown-none",
			       ehdr.e_machine, EM_X86_64);
	if (ehdr.e_type == ET_REL)
		return rex_err(object, ENOEXEC,
			       "ELF header: a relocatable file (ET_REL), not linked yet: name the file that 'cargo build --release' made, not an intermediate .o");
	if (ehdr.e_type != ET_DYN)
		return rex_err(object, ENOEXEC,
			       "ELF header: type %u, expected %u (ET_DYN): link it with rex-ld, as 'cargo build --release' does",
			       ehdr.e_type, ET_DYN);
	return 0;
}

static int reader_init(struct reader *r, const char *object, const void *image,
		       size_t size)
{
	*r = (struct reader){ .object = object };

	elf_version(EV_CURRENT);
	/* libelf's parameter is not const; it only reads. */
	r->elf = elf_memory((char *)image, size);
	if (!r->elf || elf_kind(r->elf) != ELF_K_ELF ||
	    elf_getshdrnum(r->elf, &r->shnum) ||
	    elf_getshdrstrndx(r->elf, &r->shstrndx))
		return rex_err(object, ENOEXEC,
			       "ELF header: invalid: %s: " REBUILD,
			       elf_errmsg(-1));
	/* Also when it is behind the end of the file. */
	if (!r->shnum)
		return rex_err(object, ENOEXEC,
			       "ELF header: no section table in the file: " REBUILD
			       ", and do not cut it or strip its section headers");
	return 0;
}

static int read_section(struct reader *r, size_t index, GElf_Shdr *shdr,
			const char **data)
{
	Elf_Scn *scn = elf_getscn(r->elf, index);
	Elf_Data *raw;

	*data = NULL;
	if (!scn || !gelf_getshdr(scn, shdr))
		return rex_err(r->object, ENOEXEC,
			       "section %zu: invalid header: %s: " REBUILD,
			       index, elf_errmsg(-1));
	if (shdr->sh_type == SHT_NOBITS || shdr->sh_type == SHT_NULL ||
	    !shdr->sh_size)
		return 0;
	raw = elf_rawdata(scn, NULL);
	if (!raw || !raw->d_buf || raw->d_size != shdr->sh_size)
		return rex_err(r->object, ENOEXEC,
			       "section %zu: content 0x%llx+0x%llx is not in the file: " REBUILD,
			       index, (unsigned long long)shdr->sh_offset,
			       (unsigned long long)shdr->sh_size);
	*data = raw->d_buf;
	return 0;
}

static int find_section(struct reader *r, const char *name,
			struct section *found)
{
	*found = (struct section){ 0 };

	for (size_t i = 1; i < r->shnum; i++) {
		const char *data, *have;
		GElf_Shdr shdr;
		int err;

		err = read_section(r, i, &shdr, &data);
		if (err)
			return err;
		have = elf_strptr(r->elf, r->shstrndx, shdr.sh_name);
		if (!have || strcmp(have, name))
			continue;
		if (found->found)
			return rex_err(r->object, ENOEXEC,
				       "section '%s': there are two: " REBUILD,
				       name);
		*found = (struct section){ true, shdr, data };
	}
	return 0;
}

/*
 * Checks that @section is an array of entries of @entry_size bytes and
 * returns how many they are.
 */
static int count_entries(struct reader *r, const char *name,
			 const struct section *section, size_t entry_size)
{
	if (!section->data && section->shdr.sh_size)
		return rex_err(r->object, ENOEXEC,
			       "section '%s': has no content: " REBUILD, name);
	if (section->shdr.sh_size % entry_size)
		return rex_err(r->object, ENOEXEC,
			       "section '%s': size %llu, expected a multiple of %zu: rebuild it with this version of the crate",
			       name, (unsigned long long)section->shdr.sh_size,
			       entry_size);
	if (section->shdr.sh_size / entry_size > ENTRIES_MAX)
		return rex_err(r->object, E2BIG,
			       "section '%s': %llu entries, at most %d: split the object",
			       name,
			       (unsigned long long)section->shdr.sh_size /
				       entry_size,
			       ENTRIES_MAX);
	return section->shdr.sh_size / entry_size;
}

static bool is_identifier(const char *name, size_t size)
{
	size_t i;

	for (i = 0; i < size && name[i]; i++) {
		char c = name[i];

		if (c != '_' && !(c >= 'a' && c <= 'z') &&
		    !(c >= 'A' && c <= 'Z') && !(i && c >= '0' && c <= '9'))
			return false;
	}
	return i && i < size;
}

/*
 * Both kinds of entries begin with their name: checks that of entry @index,
 * given those before it.
 */
static int check_name(struct reader *r, const char *section,
		      const char *entries, size_t entry_size, size_t index)
{
	const char *name = entries + index * entry_size;

	if (!is_identifier(name, REX_NAME_LEN))
		return rex_err(r->object, EINVAL,
			       "section '%s': entry %zu: its name is not a C identifier of at most %d characters: rename it",
			       section, index, REX_NAME_LEN - 1);
	for (size_t i = 0; i < index; i++)
		if (!strcmp(name, entries + i * entry_size))
			return rex_err(r->object, EINVAL,
				       "section '%s': symbol '%s': entries %zu and %zu have this name: rename one",
				       section, name, i, index);
	return 0;
}

static int check_prog(struct reader *r, const struct rex_prog_desc *prog)
{
	if (!memchr(prog->section, 0, sizeof(prog->section)) ||
	    !rex_hook_known(prog->section))
		return rex_err(r->object, EINVAL,
			       "section '" PROGS_SECTION
			       "': symbol '%s': unknown section name '%.*s': use one of " REX_HOOKS,
			       prog->name, (int)sizeof(prog->section),
			       prog->section);
	return 0;
}

static int read_progs(struct reader *r, struct rex_elf *out)
{
	struct section section;
	int cnt, err;

	err = find_section(r, PROGS_SECTION, &section);
	if (err)
		return err;
	cnt = count_entries(r, PROGS_SECTION, &section,
			    sizeof(struct rex_prog_desc));
	if (cnt < 0)
		return cnt;
	if (!cnt)
		return rex_err(r->object, EINVAL,
			       "section '" PROGS_SECTION
			       "': there are no programs: mark a function with #[rex_kprobe] or another of the crate's attributes");

	out->progs = calloc(cnt, sizeof(*out->progs));
	if (!out->progs)
		return rex_err(r->object, ENOMEM,
			       "no memory for %d programs: free some", cnt);
	memcpy(out->progs, section.data, section.shdr.sh_size);
	out->prog_cnt = cnt;

	for (int i = 0; i < cnt && !err; i++) {
		err = check_name(r, PROGS_SECTION, (const char *)out->progs,
				 sizeof(*out->progs), i);
		if (!err)
			err = check_prog(r, &out->progs[i]);
	}
	return err;
}

/*
 * Fills @handles, one address for each entry of .rex.maps, from the dynamic
 * relocations. Returns 0 or a negative errno.
 */
static int find_handles(struct reader *r, const struct section *section,
			__u64 *handles)
{
	for (size_t i = 1; i < r->shnum; i++) {
		const char *data;
		GElf_Shdr shdr;
		int err;

		err = read_section(r, i, &shdr, &data);
		if (err)
			return err;
		if (shdr.sh_type != SHT_RELA || !(shdr.sh_flags & SHF_ALLOC) ||
		    !data)
			continue;
		for (size_t n = 0; n < shdr.sh_size / sizeof(Elf64_Rela); n++) {
			Elf64_Rela rela;
			__u64 offset;

			memcpy(&rela, data + n * sizeof(rela), sizeof(rela));
			offset = rela.r_offset - section->shdr.sh_addr;
			if (ELF64_R_TYPE(rela.r_info) != R_X86_64_RELATIVE ||
			    offset >= section->shdr.sh_size ||
			    offset % sizeof(struct rex_map_desc) !=
				    offsetof(struct rex_map_desc, handle))
				continue;
			handles[offset / sizeof(struct rex_map_desc)] =
				rela.r_addend;
		}
	}
	return 0;
}

/* Copies what the file has at the address @addr of the image. */
static int copy_from_image(struct reader *r, __u64 addr, void *to, size_t size)
{
	for (size_t i = 1; i < r->shnum; i++) {
		const char *data;
		GElf_Shdr shdr;
		int err;

		err = read_section(r, i, &shdr, &data);
		if (err)
			return err;
		if (!(shdr.sh_flags & SHF_ALLOC) || !data ||
		    addr < shdr.sh_addr || shdr.sh_size < size ||
		    addr - shdr.sh_addr > shdr.sh_size - size)
			continue;
		memcpy(to, data + (addr - shdr.sh_addr), size);
		return 0;
	}
	return -ENOENT;
}

static int read_map(struct reader *r, __u64 addr, struct rex_elf_map *map)
{
	int err;

	if (!addr)
		return rex_err(r->object, EINVAL,
			       "section '" MAPS_SECTION
			       "': symbol '%s': no relocation gives its address: " REBUILD,
			       map->name);
	err = copy_from_image(r, addr, &map->handle, sizeof(map->handle));
	if (err == -ENOENT)
		return rex_err(r->object, EINVAL,
			       "section '" MAPS_SECTION
			       "': symbol '%s': its %zu bytes at 0x%llx are not in the file: " REBUILD,
			       map->name, sizeof(map->handle),
			       (unsigned long long)addr);
	if (err)
		return err;
	return rex_map_check(r->object, map->name, &map->handle);
}

static int read_maps(struct reader *r, struct rex_elf *out)
{
	struct section section;
	__u64 *handles;
	int cnt, err;

	err = find_section(r, MAPS_SECTION, &section);
	if (err)
		return err;
	cnt = count_entries(r, MAPS_SECTION, &section,
			    sizeof(struct rex_map_desc));
	if (cnt <= 0)
		return cnt;

	out->maps = calloc(cnt, sizeof(*out->maps));
	handles = calloc(cnt, sizeof(*handles));
	if (!out->maps || !handles) {
		err = rex_err(r->object, ENOMEM,
			      "no memory for %d maps: free some", cnt);
		goto out_free;
	}
	out->map_cnt = cnt;

	err = find_handles(r, &section, handles);
	for (int i = 0; i < cnt && !err; i++) {
		err = check_name(r, MAPS_SECTION, section.data,
				 sizeof(struct rex_map_desc), i);
		if (err)
			break;
		memcpy(out->maps[i].name,
		       section.data + i * sizeof(struct rex_map_desc),
		       REX_NAME_LEN);
		err = read_map(r, handles[i], &out->maps[i]);
	}

out_free:
	free(handles);
	return err;
}

/* Lets the map that @types is of know of it. */
static void assign_types(struct rex_elf *out, const struct rex_map_types *types)
{
	for (size_t i = 0; types->key && i < out->map_cnt; i++)
		if (!strncmp(out->maps[i].name, types->name, REX_NAME_LEN))
			out->maps[i].types = types;
}

static int read_types(struct reader *r, struct rex_elf *out)
{
	struct section section;
	__u64 at = 0, size;
	int err;

	err = find_section(r, TYPES_SECTION, &section);
	if (err)
		return err;
	size = section.data ? section.shdr.sh_size : 0;
	if (!size)
		return 0;
	out->types = malloc(size);
	if (!out->types)
		return rex_err(r->object, ENOMEM,
			       "no memory for the types of its maps: free some");
	memcpy(out->types, section.data, size);

	while (at < size) {
		const struct rex_map_types *types =
			(const void *)(out->types + at);

		if (at % sizeof(__u32) || size - at < sizeof(*types) ||
		    size - at - sizeof(*types) < types->size)
			return rex_err(r->object, EINVAL,
				       "section '" TYPES_SECTION
				       "': entry at %llu: not whole: " REBUILD,
				       (unsigned long long)at);
		assign_types(out, types);
		at += sizeof(*types) + types->size;
	}
	return 0;
}

int rex_elf_read(const char *object, const void *image, size_t size,
		 struct rex_elf *out)
{
	struct reader r;
	int err;

	*out = (struct rex_elf){ 0 };

	err = check_header(object, image, size);
	if (err)
		return err;
	err = reader_init(&r, object, image, size);
	if (!err)
		err = read_progs(&r, out);
	if (!err)
		err = read_maps(&r, out);
	if (!err)
		err = read_types(&r, out);
	elf_end(r.elf);
	if (err)
		rex_elf_free(out);
	return err;
}

void rex_elf_free(struct rex_elf *elf)
{
	free(elf->progs);
	free(elf->maps);
	free(elf->types);
	*elf = (struct rex_elf){ 0 };
}
