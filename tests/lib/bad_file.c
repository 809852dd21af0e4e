// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "bad_file.h"

void spoil(struct elf_file *file, const struct bad_file *bad)
{
	unsigned char *base = file->bytes;

	switch (bad->where) {
	case NOTHING:
		bad->change(file);
		return;
	case EHDR:
		break;
	case LOAD:
		base = (void *)elf_phdr(file, PT_LOAD, bad->index);
		break;
	case RELRO:
		base = (void *)elf_phdr(file, PT_GNU_RELRO, 0);
		break;
	case SECTION:
		base = (void *)elf_section(file, bad->section);
		break;
	case DATA:
		base = elf_data(file, bad->section);
		break;
	case NOTE:
		base = (void *)elf_note(file);
		break;
	case HANDLE:
		base = (void *)elf_map_handle(file, bad->section);
		break;
	}
	/* Little-endian: the low bytes come first. */
	memcpy(base + bad->offset, &bad->value, bad->size);
}
