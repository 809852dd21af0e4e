/* SPDX-License-Identifier: GPL-2.0 */
#ifndef REX_ELF_H
#define REX_ELF_H

#include <stddef.h>

#include <linux/rex.h>

struct rex_elf_map {
	char name[REX_NAME_LEN];
	struct rex_map_handle handle;
	/* NULL where the types of key and value are not known. */
	const struct rex_map_types *types;
};

/* What an object file declares: names are valid, unique and terminated. */
struct rex_elf {
	struct rex_prog_desc *progs;
	size_t prog_cnt;
	struct rex_elf_map *maps;
	size_t map_cnt;
	char *types; /* what the maps' types point into */
};

/*
 * Reads the programs and maps of the ELF file @image, which may hold anything
 * at all. @object is for messages. Returns 0, and the caller calls
 * rex_elf_free(); or a negative errno.
 */
int rex_elf_read(const char *object, const void *image, size_t size,
		 struct rex_elf *out);

void rex_elf_free(struct rex_elf *elf);

#endif
