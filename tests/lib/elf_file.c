// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "check.h"
#include "elf_file.h"

#define RELA_DYN ".rela.dyn"

void elf_file_read(struct elf_file *file, const char *path)
{
	FILE *stream = fopen(path, "rb");
	long size;

	if (!stream || fseek(stream, 0, SEEK_END))
		die("cannot read %s: %m", path);
	size = ftell(stream);
	rewind(stream);
	file->size = size;
	file->bytes = malloc(size);
	if (!file->bytes || fread(file->bytes, 1, size, stream) != file->size)
		die("cannot read %s: %m", path);
	fclose(stream);
}

void elf_file_copy(struct elf_file *copy, const struct elf_file *file)
{
	copy->size = file->size;
	copy->bytes = malloc(file->size);
	if (!copy->bytes)
		die("no memory");
	memcpy(copy->bytes, file->bytes, file->size);
}

void elf_file_free(struct elf_file *file)
{
	free(file->bytes);
	file->bytes = NULL;
}

Elf64_Ehdr *elf_ehdr(const struct elf_file *file)
{
	return (Elf64_Ehdr *)file->bytes;
}

Elf64_Phdr *elf_phdr(const struct elf_file *file, Elf64_Word type, int n)
{
	Elf64_Phdr *phdr =
		(Elf64_Phdr *)(file->bytes + elf_ehdr(file)->e_phoff);

	for (int i = 0; i < elf_ehdr(file)->e_phnum; i++)
		if (phdr[i].p_type == type && !n--)
			return &phdr[i];
	die("no such program header of type %u", type);
}

static Elf64_Shdr *sections(const struct elf_file *file)
{
	return (Elf64_Shdr *)(file->bytes + elf_ehdr(file)->e_shoff);
}

Elf64_Shdr *elf_find_section(const struct elf_file *file, const char *name)
{
	Elf64_Shdr *shdr = sections(file);
	const char *names = (char *)file->bytes +
			    shdr[elf_ehdr(file)->e_shstrndx].sh_offset;

	for (int i = 1; i < elf_ehdr(file)->e_shnum; i++)
		if (!strcmp(names + shdr[i].sh_name, name))
			return &shdr[i];
	return NULL;
}

Elf64_Shdr *elf_section(const struct elf_file *file, const char *name)
{
	Elf64_Shdr *shdr = elf_find_section(file, name);

	if (!shdr)
		die("no section %s", name);
	return shdr;
}

void *elf_data(const struct elf_file *file, const char *section)
{
	return file->bytes + elf_section(file, section)->sh_offset;
}

void elf_hide_section(struct elf_file *file, const char *name)
{
	Elf64_Shdr *shdr =
		(Elf64_Shdr *)(file->bytes + elf_ehdr(file)->e_shoff) +
		elf_ehdr(file)->e_shstrndx;

	file->bytes[shdr->sh_offset + elf_section(file, name)->sh_name] = '?';
}

struct rex_prog_desc *elf_progs(const struct elf_file *file, size_t *cnt)
{
	if (cnt)
		*cnt = elf_section(file, ".rex.progs")->sh_size /
		       sizeof(struct rex_prog_desc);
	return elf_data(file, ".rex.progs");
}

struct rex_map_desc *elf_maps(const struct elf_file *file, size_t *cnt)
{
	if (cnt)
		*cnt = elf_section(file, ".rex.maps")->sh_size /
		       sizeof(struct rex_map_desc);
	return elf_data(file, ".rex.maps");
}

struct rex_build_note *elf_note(const struct elf_file *file)
{
	Elf64_Nhdr *note = elf_data(file, ".note.rex");

	/* The header, and the name "Rex" with its NUL. */
	return (struct rex_build_note *)((char *)(note + 1) + 4);
}

/* Where the file has the byte at an address of the image. */
static void *at_address(const struct elf_file *file, Elf64_Addr addr)
{
	Elf64_Shdr *shdr = sections(file);

	for (int i = 1; i < elf_ehdr(file)->e_shnum; i++)
		if ((shdr[i].sh_flags & SHF_ALLOC) &&
		    shdr[i].sh_type != SHT_NOBITS && addr >= shdr[i].sh_addr &&
		    addr - shdr[i].sh_addr < shdr[i].sh_size)
			return file->bytes + shdr[i].sh_offset +
			       (addr - shdr[i].sh_addr);
	die("nothing at address 0x%lx", addr);
}

Elf64_Rela *elf_rela_at(const struct elf_file *file, Elf64_Addr addr)
{
	Elf64_Rela *rela = elf_data(file, RELA_DYN);
	size_t cnt = elf_section(file, RELA_DYN)->sh_size / sizeof(*rela);

	for (size_t i = 0; i < cnt; i++)
		if (rela[i].r_offset == addr)
			return &rela[i];
	die("no relocation of address 0x%lx", addr);
}

struct rex_map_handle *elf_map_handle(const struct elf_file *file,
				      const char *map)
{
	Elf64_Addr addr = elf_section(file, ".rex.maps")->sh_addr;
	size_t cnt;
	const struct rex_map_desc *maps = elf_maps(file, &cnt);

	for (size_t i = 0; i < cnt; i++)
		if (!strcmp(maps[i].name, map))
			return at_address(file,
					  elf_rela_at(file,
						      addr + i * sizeof(maps[i]) +
							      offsetof(struct rex_map_desc,
								       handle))
						  ->r_addend);
	die("no map %s", map);
}

Elf64_Rela *elf_rela_of_type(const struct elf_file *file, bool alloc,
			     unsigned int type)
{
	Elf64_Shdr *shdr = sections(file);

	for (int i = 1; i < elf_ehdr(file)->e_shnum; i++) {
		Elf64_Rela *rela =
			(Elf64_Rela *)(file->bytes + shdr[i].sh_offset);

		if (shdr[i].sh_type != SHT_RELA ||
		    !!(shdr[i].sh_flags & SHF_ALLOC) != alloc)
			continue;
		for (size_t k = 0; k < shdr[i].sh_size / sizeof(*rela); k++)
			if (ELF64_R_TYPE(rela[k].r_info) == type)
				return &rela[k];
	}
	die("no relocation of type %u", type);
}

static void rename_in(struct elf_file *file, const Elf64_Shdr *table,
		      const char *from, const char *to)
{
	Elf64_Sym *sym = (Elf64_Sym *)(file->bytes + table->sh_offset);
	char *names =
		(char *)file->bytes + sections(file)[table->sh_link].sh_offset;

	for (size_t i = 0; i < table->sh_size / sizeof(*sym); i++)
		if (!strcmp(names + sym[i].st_name, from))
			strcpy(names + sym[i].st_name, to);
}

void elf_rename_symbol(struct elf_file *file, const char *from, const char *to)
{
	struct rex_import_desc *import = elf_data(file, ".rex.imports");
	size_t cnt =
		elf_section(file, ".rex.imports")->sh_size / sizeof(*import);

	if (strlen(to) > strlen(from))
		die("'%s' is longer than '%s'", to, from);
	rename_in(file, elf_section(file, ".dynsym"), from, to);
	rename_in(file, elf_section(file, ".symtab"), from, to);
	for (size_t i = 0; i < cnt; i++)
		if (!strcmp(import[i].symbol, from))
			strcpy(import[i].symbol, to);
}
