/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An object's file in memory, to be spoiled. Functions that look something up
 * end the test when it is not there: the good object is not what is expected.
 */
#ifndef TESTS_ELF_FILE_H
#define TESTS_ELF_FILE_H

#include <elf.h>
#include <linux/rex.h>
#include <stdbool.h>
#include <stddef.h>

struct elf_file {
	unsigned char *bytes;
	size_t size;
};

void elf_file_read(struct elf_file *file, const char *path);
void elf_file_copy(struct elf_file *copy, const struct elf_file *file);
void elf_file_free(struct elf_file *file);

Elf64_Ehdr *elf_ehdr(const struct elf_file *file);

/* The n-th program header of a type, from 0. */
Elf64_Phdr *elf_phdr(const struct elf_file *file, Elf64_Word type, int n);

/* NULL where there is none of that name. */
Elf64_Shdr *elf_find_section(const struct elf_file *file, const char *name);
Elf64_Shdr *elf_section(const struct elf_file *file, const char *name);

/* What a section has in the file. */
void *elf_data(const struct elf_file *file, const char *section);

/* Nobody finds the section by its name any more. */
void elf_hide_section(struct elf_file *file, const char *name);

/* Entries of the tables that Rex knows; *cnt may be NULL. */
struct rex_prog_desc *elf_progs(const struct elf_file *file, size_t *cnt);
struct rex_map_desc *elf_maps(const struct elf_file *file, size_t *cnt);
struct rex_build_note *elf_note(const struct elf_file *file);

/* The handle of a map, which a relocation leads to. */
struct rex_map_handle *elf_map_handle(const struct elf_file *file,
				      const char *map);

/* The relocation that fills the word at an address of the image. */
Elf64_Rela *elf_rela_at(const struct elf_file *file, Elf64_Addr addr);

/* The first relocation of a type in a section of relocations that has one. */
Elf64_Rela *elf_rela_of_type(const struct elf_file *file, bool alloc,
			     unsigned int type);

/*
 * Put another name in place of a symbol's, in every symbol table and in the
 * imports. It is not longer.
 */
void elf_rename_symbol(struct elf_file *file, const char *from, const char *to);

#endif
