/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _REX_ELF_H
#define _REX_ELF_H

#include <linux/elf.h>
#include <linux/sizes.h>
#include <linux/types.h>
#include <uapi/linux/rex.h>

struct rex_log;

/* The cure for a file that only another linker, or a broken one, makes. */
#define REX_REBUILD	"build the object with cargo and rex-ld"

/* Policy: the most that an object can have. */
#define REX_MAX_IMAGE		SZ_64M	/* bytes of address space */
#define REX_MAX_SEGMENTS	16
#define REX_MAX_PROGS		256
#define REX_MAX_MAPS		64
#define REX_MAX_IMPORTS		16384	/* programs times kernel symbols */

/**
 * struct rex_segment - a part of the image with one protection
 * @addr: address in the image, page aligned
 * @size: bytes in memory
 * @file_size: bytes of those that come from the file; the rest is zero
 * @offset: where in the file they are
 * @flags: PF_R, PF_W, PF_X; never both of the last two
 */
struct rex_segment {
	u64	addr;
	u64	size;
	u64	file_size;
	u64	offset;
	u32	flags;
};

/**
 * struct rex_symtab - a symbol table of the file
 * @section: index of its section, 0 where the file has no such table
 * @syms: its entries
 * @count: how many
 * @strings: their names
 * @strings_size: bytes of names, the last one is 0
 */
struct rex_symtab {
	u32		section;
	const Elf64_Sym	*syms;
	u32		count;
	const char	*strings;
	u32		strings_size;
};

/**
 * struct rex_elf - an ELF file that was checked
 * @bytes: the file
 * @size: bytes of the file
 * @sections: section headers; each section lies in the file
 * @section_cnt: how many
 * @names: names of the sections
 * @segments: what is loaded, in the order of addresses, nothing overlaps
 * @segment_cnt: how many
 * @relro_start: addresses that are read-only after relocation; whole pages
 * @relro_end: end of those; equal to @relro_start where there are none
 * @low: lowest address, page aligned
 * @high: end of the last segment, page aligned
 * @dynsym: the symbol table of relocations of loaded sections
 * @symtab: the symbol table of call sites
 * @progs: section .rex.progs
 * @maps: section .rex.maps, or NULL
 * @imports: section .rex.imports, or NULL
 * @symbols: section .rex.symbols, or NULL
 * @license: section license, a string
 * @stack_depth: from the build note
 * @stack_slack: from the build note
 *
 * Points into the file and is of use only while that is in memory.
 */
struct rex_elf {
	const void		*bytes;
	size_t			size;
	const Elf64_Shdr	*sections;
	u32			section_cnt;
	const char		*names;
	struct rex_segment	segments[REX_MAX_SEGMENTS];
	u32			segment_cnt;
	u64			relro_start;
	u64			relro_end;
	u64			low;
	u64			high;
	struct rex_symtab	dynsym;
	struct rex_symtab	symtab;
	const Elf64_Shdr	*progs;
	const Elf64_Shdr	*maps;
	const Elf64_Shdr	*imports;
	const Elf64_Shdr	*symbols;
	const Elf64_Shdr	*license;
	u32			stack_depth;
	u32			stack_slack;
};

/* elf.c */
int rex_elf_parse(struct rex_elf *elf, const void *bytes, size_t size,
		  struct rex_log *log);

/* segment.c */
int rex_elf_segments(struct rex_elf *elf, struct rex_log *log);
int rex_elf_placed(const struct rex_elf *elf, struct rex_log *log);
const struct rex_segment *rex_elf_segment(const struct rex_elf *elf, u64 addr,
					  u64 size);

/* note.c */
int rex_note_check(struct rex_elf *elf, struct rex_log *log);

/**
 * rex_elf_in_file() - tell whether a range lies in a file
 * @elf: the file
 * @off: start of the range
 * @len: bytes of the range
 */
static inline bool rex_elf_in_file(const struct rex_elf *elf, u64 off, u64 len)
{
	return off <= elf->size && len <= elf->size - off;
}

/**
 * rex_elf_name() - name of a section, for messages
 * @elf: the file
 * @section: one of its section headers
 */
static inline const char *rex_elf_name(const struct rex_elf *elf,
				       const Elf64_Shdr *section)
{
	return elf->names + section->sh_name;
}

/**
 * rex_elf_data() - what a section that is not SHT_NOBITS has in the file
 * @elf: the file
 * @section: one of its section headers
 */
static inline const void *rex_elf_data(const struct rex_elf *elf,
				       const Elf64_Shdr *section)
{
	return elf->bytes + section->sh_offset;
}

/**
 * rex_elf_has_bytes() - tell whether a section takes bytes in the file
 * @section: a section header
 */
static inline bool rex_elf_has_bytes(const Elf64_Shdr *section)
{
	return section->sh_type != SHT_NULL && section->sh_type != SHT_NOBITS;
}

#endif /* _REX_ELF_H */
