/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A small object, for tests of the loader.
 */
#ifndef _REX_ELF_KUNIT_H
#define _REX_ELF_KUNIT_H

#include <linux/elf.h>
#include <linux/mm.h>
#include <uapi/linux/rex.h>

#include "layout.h"

enum {
	REX_PH_RO,
	REX_PH_TEXT,
	REX_PH_TABLES,
	REX_PH_DATA,
	REX_PH_RELRO,
	REX_PH_CNT
};

enum {
	REX_SH_NULL,
	REX_SH_NAMES,
	REX_SH_STRINGS,
	REX_SH_DYNSYM,
	REX_SH_SYMTAB,
	REX_SH_RELA,
	REX_SH_SITES,
	REX_SH_NOTE,
	REX_SH_LICENSE,
	REX_SH_TEXT,
	REX_SH_PLT,
	REX_SH_PROGS,
	REX_SH_MAPS,
	REX_SH_IMPORTS,
	REX_SH_BSS,
	REX_SH_SYMBOLS,
	REX_SH_CNT
};

enum {
	REX_USE_NONE,
	REX_USE_FRAME,
	REX_USE_TIME,
	REX_USE_OVERFLOW,
	REX_USE_RETURN,
	REX_USE_R11,
	REX_USE_LOCAL,
	REX_USE_CNT
};

enum {
	REX_RELA_FIRST,
	REX_RELA_SECOND,
	REX_RELA_MAP,
	REX_RELA_IMPORT,
	REX_RELA_GOT_FRAME,
	REX_RELA_GOT_TIME,
	REX_RELA_SLOT,
	REX_RELA_CNT
};

enum {
	REX_SITE_CALL,
	REX_SITE_RETURN,
	REX_SITE_JCC,
	REX_SITE_GOT_CALL,
	REX_SITE_GOT_JUMP,
	REX_SITE_GOT_LOAD,
	REX_SITE_INDIRECT,
	REX_SITE_LOCAL,
	REX_SITE_CNT
};

/**
 * struct rex_test_tables - the part of the object that is read-only after
 * relocation
 * @progs: .rex.progs
 * @maps: .rex.maps
 * @imports: .rex.imports
 * @handle: handle of the map
 * @got: rex_frame and bpf_ktime_get_ns
 * @slot: of the PLT
 */
struct rex_test_tables {
	struct rex_prog_desc	progs[2];
	struct rex_map_desc	maps[1];
	struct rex_import_desc	imports[1];
	struct rex_map_handle	handle;
	u64			got[2];
	u64			slot;
};

/*
 * The object. Addresses in it are offsets in the file. The first page is
 * headers and what goes with them, then come pages of text, of tables, and of
 * data.
 */
struct rex_test_file {
	Elf64_Ehdr		eh;
	Elf64_Phdr		ph[REX_PH_CNT];
	Elf64_Shdr		sh[REX_SH_CNT];
	Elf64_Sym		dynsym[REX_USE_CNT];
	Elf64_Sym		symtab[REX_USE_CNT];
	Elf64_Rela		rela[REX_RELA_CNT];
	Elf64_Rela		sites[REX_SITE_CNT];
	char			names[256];
	char			strings[256];
	char			license[8];
	struct {
		Elf64_Nhdr	hdr;
		char		name[4];
		u32		fixed[offsetof(struct rex_build_note, layout) /
				      sizeof(u32)];
		u32		layout[REX_LAYOUT_CNT];
	} note;
	struct {
		u32			count;
		u32			strings_size;
		struct rex_symbol_name	syms[2];
		char			strings[16];
	} symbols;
	u8			text[256] __aligned(PAGE_SIZE);
	u8			plt[32];
	struct rex_test_tables	tables __aligned(PAGE_SIZE);
	u64			data[2] __aligned(PAGE_SIZE);
};

#define REX_AT(field)	offsetof(struct rex_test_file, field)

/* The start of the text, and where in it the operand of each site is. */
extern const u8 rex_test_text[56];
extern const u8 rex_test_sites[REX_SITE_CNT];

void rex_test_file_init(struct rex_test_file *f);

#endif /* _REX_ELF_KUNIT_H */
