/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <elf.h>
#include <stddef.h>

#include <linux/btf.h>
#include <linux/rex.h>

#include "../src/elf.h"

/* A Rex object file in memory, as rex-ld lays one out. */
struct fixture {
	unsigned char *data;
	size_t size;
};

struct fixture fixture_new(const struct rex_prog_desc *progs, size_t prog_cnt,
			   const struct rex_elf_map *maps, size_t map_cnt);
void fixture_free(struct fixture *f);

/* One with a program for each kind of hook and a map for each type. */
struct fixture fixture_good(void);

/* What fixture_good() has in it. */
#define GOOD_PROGS 7
#define GOOD_MAPS 8
extern const struct rex_prog_desc good_progs[GOOD_PROGS];
extern const struct rex_elf_map good_maps[GOOD_MAPS];

/* Parts of a fixture, to break. */
Elf64_Ehdr *fixture_ehdr(struct fixture *f);
Elf64_Shdr *fixture_section(struct fixture *f, const char *name);
void *fixture_content(struct fixture *f, const char *name);
struct rex_prog_desc *fixture_progs(struct fixture *f);
struct rex_map_desc *fixture_maps(struct fixture *f);
struct rex_map_handle *fixture_handles(struct fixture *f);
Elf64_Rela *fixture_relas(struct fixture *f);

/* BTF of a key of 4 bytes and of a value that is an array of bytes. */
struct fixture_types {
	struct rex_map_types head;
	struct btf_header btf;
	__u32 key[4]; /* an int: name, kind, size, bits */
	__u32 byte[4];
	__u32 value[6]; /* an array: name, kind, 0, element, index, length */
	char strings[8];
};

/* The entries of .rex.types, one for each map with keys. */
#define GOOD_TYPES 3
struct fixture_types *fixture_types(struct fixture *f);

/* Writes @f to a new temporary file and returns its path, to be freed. */
char *fixture_write(const struct fixture *f);

#endif
