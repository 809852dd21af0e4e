// SPDX-License-Identifier: GPL-2.0
/*
 * Makes the object that the tests of the loader load: two programs, a map,
 * and branches of each kind.
 */
#include <linux/bpf.h>
#include <linux/string.h>
#include <linux/utsname.h>

#include "elf_kunit.h"
#include "layout.h"

/* As a compiler makes it; the last four bytes of each branch are a site. */
const u8 rex_test_text[56] = {
	0xf3, 0x0f, 0x1e, 0xfa,			/*  0 endbr64 */
	0xe8, 0, 0, 0, 0,			/*  4 call bpf_ktime_get_ns */
	0xe9, 0, 0, 0, 0,			/*  9 jmp __x86_return_thunk */
	0xcc, 0xcc,
	0xf3, 0x0f, 0x1e, 0xfa,			/* 16 endbr64 */
	0x0f, 0x82, 0, 0, 0, 0,			/* 20 jb rex_stack_overflow */
	0xff, 0x15, 0, 0, 0, 0,			/* 26 call *time@got(%rip) */
	0xff, 0x25, 0, 0, 0, 0,			/* 32 jmp *time@got(%rip) */
	0x48, 0x8b, 0x05, 1, 2, 3, 4,		/* 38 mov frame@got, %rax */
	0x2e, 0xe8, 0, 0, 0, 0,			/* 45 call *%r11 */
	0xe8, 5, 6, 7, 8,			/* 51 call local */
};

const u8 rex_test_sites[REX_SITE_CNT] = {
	[REX_SITE_CALL]		= 5,
	[REX_SITE_RETURN]	= 10,
	[REX_SITE_JCC]		= 22,
	[REX_SITE_GOT_CALL]	= 28,
	[REX_SITE_GOT_JUMP]	= 34,
	[REX_SITE_GOT_LOAD]	= 41,
	[REX_SITE_INDIRECT]	= 47,
	[REX_SITE_LOCAL]	= 52,
};

static u32 rex_test_string(char *table, size_t size, const char *string)
{
	size_t at = 1;

	while (table[at])
		at += strlen(table + at) + 1;
	strscpy(table + at, string, size - at - 1);
	return at;
}

static void rex_test_segment(struct rex_test_file *f, u32 i, u32 type,
			     u32 flags, u64 offset, u64 size)
{
	f->ph[i] = (Elf64_Phdr) {
		.p_type = type, .p_flags = flags, .p_offset = offset,
		.p_vaddr = offset, .p_filesz = size, .p_memsz = size,
	};
}

static void rex_test_section(struct rex_test_file *f, u32 i, const char *name,
			     u32 type, u64 flags, u64 offset, u64 size)
{
	f->sh[i] = (Elf64_Shdr) {
		.sh_name = rex_test_string(f->names, sizeof(f->names), name),
		.sh_type = type, .sh_flags = flags, .sh_offset = offset,
		.sh_addr = flags & SHF_ALLOC ? offset : 0, .sh_size = size,
	};
}

static void rex_test_headers(struct rex_test_file *f)
{
	const u64 text_flags = SHF_ALLOC | SHF_EXECINSTR;
	const u64 data_flags = SHF_ALLOC | SHF_WRITE;

	f->eh = (Elf64_Ehdr) {
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB,
			     EV_CURRENT },
		.e_type = ET_DYN, .e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_phoff = REX_AT(ph), .e_shoff = REX_AT(sh),
		.e_ehsize = sizeof(f->eh),
		.e_phentsize = sizeof(f->ph[0]), .e_phnum = REX_PH_CNT,
		.e_shentsize = sizeof(f->sh[0]), .e_shnum = REX_SH_CNT,
		.e_shstrndx = REX_SH_NAMES,
	};

	rex_test_segment(f, REX_PH_RO, PT_LOAD, PF_R, 0, REX_AT(text));
	rex_test_segment(f, REX_PH_TEXT, PT_LOAD, PF_R | PF_X, REX_AT(text),
			 sizeof(f->text) + sizeof(f->plt));
	rex_test_segment(f, REX_PH_TABLES, PT_LOAD, PF_R | PF_W,
			 REX_AT(tables), sizeof(f->tables));
	rex_test_segment(f, REX_PH_DATA, PT_LOAD, PF_R | PF_W, REX_AT(data),
			 sizeof(f->data));
	f->ph[REX_PH_DATA].p_memsz = 2 * PAGE_SIZE;
	rex_test_segment(f, REX_PH_RELRO, PT_GNU_RELRO, PF_R, REX_AT(tables),
			 sizeof(f->tables));

	rex_test_section(f, REX_SH_NAMES, ".shstrtab", SHT_STRTAB, 0,
			 REX_AT(names), sizeof(f->names));
	rex_test_section(f, REX_SH_STRINGS, ".dynstr", SHT_STRTAB, SHF_ALLOC,
			 REX_AT(strings), sizeof(f->strings));
	rex_test_section(f, REX_SH_DYNSYM, ".dynsym", SHT_DYNSYM, SHF_ALLOC,
			 REX_AT(dynsym), sizeof(f->dynsym));
	rex_test_section(f, REX_SH_SYMTAB, ".symtab", SHT_SYMTAB, 0,
			 REX_AT(symtab), sizeof(f->symtab));
	rex_test_section(f, REX_SH_RELA, ".rela.dyn", SHT_RELA, SHF_ALLOC,
			 REX_AT(rela), sizeof(f->rela));
	rex_test_section(f, REX_SH_SITES, ".rela.text", SHT_RELA, 0,
			 REX_AT(sites), sizeof(f->sites));
	rex_test_section(f, REX_SH_NOTE, ".note.rex", SHT_NOTE, 0,
			 REX_AT(note), REX_AT(note.layout) - REX_AT(note) +
			 REX_LAYOUT_CNT * sizeof(u32));
	rex_test_section(f, REX_SH_LICENSE, "license", SHT_PROGBITS, SHF_ALLOC,
			 REX_AT(license), sizeof(f->license));
	rex_test_section(f, REX_SH_TEXT, ".text", SHT_PROGBITS, text_flags,
			 REX_AT(text), sizeof(f->text));
	rex_test_section(f, REX_SH_PLT, ".plt", SHT_PROGBITS, text_flags,
			 REX_AT(plt), sizeof(f->plt));
	rex_test_section(f, REX_SH_PROGS, ".rex.progs", SHT_PROGBITS,
			 data_flags, REX_AT(tables.progs),
			 sizeof(f->tables.progs));
	rex_test_section(f, REX_SH_MAPS, ".rex.maps", SHT_PROGBITS, data_flags,
			 REX_AT(tables.maps), sizeof(f->tables.maps));
	rex_test_section(f, REX_SH_IMPORTS, ".rex.imports", SHT_PROGBITS,
			 data_flags, REX_AT(tables.imports),
			 sizeof(f->tables.imports));
	rex_test_section(f, REX_SH_BSS, ".bss", SHT_NOBITS, data_flags,
			 REX_AT(data) + sizeof(f->data), PAGE_SIZE);
	rex_test_section(f, REX_SH_SYMBOLS, ".rex.symbols", SHT_PROGBITS, 0,
			 REX_AT(symbols), sizeof(f->symbols));

	f->sh[REX_SH_DYNSYM].sh_link = REX_SH_STRINGS;
	f->sh[REX_SH_DYNSYM].sh_entsize = sizeof(f->dynsym[0]);
	f->sh[REX_SH_SYMTAB].sh_link = REX_SH_STRINGS;
	f->sh[REX_SH_SYMTAB].sh_entsize = sizeof(f->symtab[0]);
	f->sh[REX_SH_RELA].sh_link = REX_SH_DYNSYM;
	f->sh[REX_SH_RELA].sh_entsize = sizeof(f->rela[0]);
	f->sh[REX_SH_SITES].sh_link = REX_SH_SYMTAB;
	f->sh[REX_SH_SITES].sh_info = REX_SH_TEXT;
	f->sh[REX_SH_SITES].sh_entsize = sizeof(f->sites[0]);
}

static void rex_test_rela(Elf64_Rela *rela, u64 place, u32 sym, u32 type,
			  s64 addend)
{
	rela->r_offset = place;
	rela->r_info = (u64)sym << 32 | type;
	rela->r_addend = addend;
}

static void rex_test_symbols(struct rex_test_file *f)
{
	static const char *const names[REX_USE_CNT] = {
		[REX_USE_NONE]		= "",
		[REX_USE_FRAME]		= "rex_frame",
		[REX_USE_TIME]		= "bpf_ktime_get_ns",
		[REX_USE_OVERFLOW]	= "rex_stack_overflow",
		[REX_USE_RETURN]	= "__x86_return_thunk",
		[REX_USE_R11]		= "__x86_indirect_thunk_r11",
		[REX_USE_LOCAL]		= "local",
	};
	u32 i;

	for (i = 1; i < REX_USE_CNT; i++)
		f->dynsym[i].st_name = rex_test_string(f->strings,
						       sizeof(f->strings),
						       names[i]);
	f->dynsym[REX_USE_LOCAL].st_shndx = REX_SH_TEXT;
	memcpy(f->symtab, f->dynsym, sizeof(f->symtab));
}

static void rex_test_relocations(struct rex_test_file *f)
{
	/* Number 41 is R_X86_64_GOTPCRELX, 42 its form with a prefix. */
	static const struct {
		u8 sym, type;
	} sites[REX_SITE_CNT] = {
		[REX_SITE_CALL]		= { REX_USE_TIME, R_X86_64_PLT32 },
		[REX_SITE_RETURN]	= { REX_USE_RETURN, R_X86_64_PLT32 },
		[REX_SITE_JCC]		= { REX_USE_OVERFLOW, R_X86_64_PLT32 },
		[REX_SITE_GOT_CALL]	= { REX_USE_TIME, 41 },
		[REX_SITE_GOT_JUMP]	= { REX_USE_TIME, 41 },
		[REX_SITE_GOT_LOAD]	= { REX_USE_FRAME, 42 },
		[REX_SITE_INDIRECT]	= { REX_USE_R11, R_X86_64_PLT32 },
		[REX_SITE_LOCAL]	= { REX_USE_LOCAL, R_X86_64_PLT32 },
	};
	u32 i;

	rex_test_rela(&f->rela[REX_RELA_FIRST], REX_AT(tables.progs[0].entry),
		      0, R_X86_64_RELATIVE, REX_AT(text));
	rex_test_rela(&f->rela[REX_RELA_SECOND], REX_AT(tables.progs[1].entry),
		      0, R_X86_64_RELATIVE, REX_AT(text) + 16);
	rex_test_rela(&f->rela[REX_RELA_MAP], REX_AT(tables.maps[0].handle),
		      0, R_X86_64_RELATIVE, REX_AT(tables.handle));
	rex_test_rela(&f->rela[REX_RELA_IMPORT],
		      REX_AT(tables.imports[0].entry), 0, R_X86_64_RELATIVE,
		      REX_AT(text));
	rex_test_rela(&f->rela[REX_RELA_GOT_FRAME], REX_AT(tables.got[0]),
		      REX_USE_FRAME, R_X86_64_GLOB_DAT, 0);
	rex_test_rela(&f->rela[REX_RELA_GOT_TIME], REX_AT(tables.got[1]),
		      REX_USE_TIME, R_X86_64_GLOB_DAT, 0);
	rex_test_rela(&f->rela[REX_RELA_SLOT], REX_AT(tables.slot),
		      REX_USE_TIME, R_X86_64_JUMP_SLOT, 0);
	for (i = 0; i < REX_SITE_CNT; i++)
		rex_test_rela(&f->sites[i], REX_AT(text) + rex_test_sites[i],
			      sites[i].sym, sites[i].type, -4);
}

static void rex_test_contents(struct rex_test_file *f)
{
	struct rex_build_note *note = (void *)f->note.fixed;
	struct rex_test_tables *t = &f->tables;

	f->note.hdr.n_namesz = sizeof(f->note.name);
	f->note.hdr.n_descsz = sizeof(f->note.fixed) +
			       REX_LAYOUT_CNT * sizeof(u32);
	f->note.hdr.n_type = REX_NOTE_BUILD;
	strscpy(f->note.name, REX_NOTE_NAME);
	note->abi_version = REX_ABI_VERSION;
	note->layout_cnt = REX_LAYOUT_CNT;
	strscpy(note->release, init_uts_ns.name.release);
	memcpy(f->note.layout, rex_layout, REX_LAYOUT_CNT * sizeof(u32));

	strscpy(f->license, "GPL");
	memcpy(f->text, rex_test_text, sizeof(rex_test_text));

	strscpy(t->progs[0].name, "first");
	strscpy(t->progs[0].section, "kprobe");
	strscpy(t->progs[1].name, "second");
	strscpy(t->progs[1].section, "kprobe");
	strscpy(t->maps[0].name, "counts");
	strscpy(t->imports[0].symbol, "bpf_ktime_get_ns");
	t->handle.map_type = BPF_MAP_TYPE_ARRAY;
	t->handle.key_size = 4;
	t->handle.value_size = 8;
	t->handle.max_entries = 1;

	f->symbols.count = 2;
	f->symbols.strings_size = sizeof(f->symbols.strings);
	f->symbols.syms[0].addr = REX_AT(text);
	f->symbols.syms[0].size = 14;
	f->symbols.syms[1].addr = REX_AT(text) + 16;
	f->symbols.syms[1].size = 40;
	f->symbols.syms[1].name = sizeof("one");
	memcpy(f->symbols.strings, "one\0<two>", sizeof("one\0<two>"));
	f->data[0] = 0x1234;
}

/**
 * rex_test_file_init() - make an object that loads
 * @f: filled in; zero before
 */
void rex_test_file_init(struct rex_test_file *f)
{
	rex_test_headers(f);
	rex_test_symbols(f);
	rex_test_relocations(f);
	rex_test_contents(f);
}
