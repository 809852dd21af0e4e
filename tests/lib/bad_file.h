/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Files that are no good objects. Each case changes one thing in map_test's
 * object, most of them one field.
 */
#ifndef TESTS_BAD_FILE_H
#define TESTS_BAD_FILE_H

#include <elf.h>
#include <linux/rex.h>
#include <stddef.h>
#include <stdint.h>

#include "elf_file.h"

/* What is changed. */
enum where {
	NOTHING,
	EHDR, /* the ELF header */
	LOAD, /* a program header of PT_LOAD */
	RELRO, /* that of PT_GNU_RELRO */
	SECTION, /* a section header */
	DATA, /* the content of a section */
	NOTE, /* the build note */
	HANDLE, /* the handle of a map */
};

#define FIELD(type, field) \
	.offset = offsetof(type, field), .size = sizeof(((type *)0)->field)
#define IN_EHDR(field, to) \
	.where = EHDR, FIELD(Elf64_Ehdr, field), .value = (to)
#define IN_LOAD(n, field, to) \
	.where = LOAD, .index = (n), FIELD(Elf64_Phdr, field), .value = (to)
#define IN_RELRO(field, to) \
	.where = RELRO, FIELD(Elf64_Phdr, field), .value = (to)
#define IN_SECTION(name, field, to)                                    \
	.where = SECTION, .section = (name), FIELD(Elf64_Shdr, field), \
	.value = (to)
#define IN_DATA(name, type, field, to) \
	.where = DATA, .section = (name), FIELD(type, field), .value = (to)
#define IN_NOTE(field, to) \
	.where = NOTE, FIELD(struct rex_build_note, field), .value = (to)
#define IN_HANDLE(name, field, to)          \
	.where = HANDLE, .section = (name), \
	FIELD(struct rex_map_handle, field), .value = (to)

/* A good object's file with one thing changed, and what is said of it. */
struct bad_file {
	const char *what;

	/* The field that gets a value, or a function that changes more. */
	enum where where;
	int index;
	const char *section; /* or the map */
	size_t offset;
	size_t size;
	uint64_t value;
	void (*change)(struct elf_file *file);

	/* The errno, and a part of the line that tells the place. */
	int kernel_err;
	const char *kernel_says;
	/* Where librex refuses the file itself; else it passes that on. */
	int librex_err;
	const char *librex_says;
};

extern const struct bad_file bad_elf[], bad_links[], bad_tables[];
extern const size_t bad_elf_cnt, bad_links_cnt, bad_tables_cnt;

/* Make the change. */
void spoil(struct elf_file *file, const struct bad_file *bad);

#endif
