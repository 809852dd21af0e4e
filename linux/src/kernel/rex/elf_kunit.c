// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the loader: a small object loads and is what it should be in
 * memory; with any one field spoiled it is refused, with the errno and the
 * words that say so.
 */
#include <kunit/test.h>
#include <linux/bpf.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/ibt.h>
#include <asm/text-patching.h>

#include "elf.h"
#include "elf_kunit.h"
#include "frame.h"
#include "image.h"
#include "layout.h"
#include "log.h"

/**
 * struct rex_test - what a test works with
 * @file: the object
 * @elf: the checked file
 * @img: the image
 * @map: stands in for the object's map; only its attributes are looked at
 * @log: what the loader said
 */
struct rex_test {
	struct rex_test_file	*file;
	struct rex_elf		elf;
	struct rex_image	img;
	struct bpf_map		map;
	struct rex_log		log;
};

static int rex_test_load(struct rex_test *t, size_t size)
{
	struct bpf_map *maps[] = { &t->map };
	int err;

	err = rex_elf_parse(&t->elf, t->file, size, &t->log);
	if (err)
		return err;
	return rex_image_create(&t->img, &t->elf, maps,
				t->elf.maps ? ARRAY_SIZE(maps) : 0, &t->log);
}

static int rex_test_init(struct kunit *test)
{
	struct rex_test *t;

	BUILD_BUG_ON(REX_AT(text) != PAGE_SIZE);

	t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, t);
	test->priv = t;
	t->file = kvzalloc(sizeof(*t->file), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, t->file);
	KUNIT_ASSERT_EQ(test, rex_log_init(&t->log, "test"), 0);

	rex_test_file_init(t->file);
	t->map.map_type = BPF_MAP_TYPE_ARRAY;
	t->map.key_size = 4;
	t->map.value_size = 8;
	t->map.max_entries = 100;
	return 0;
}

static void rex_test_exit(struct kunit *test)
{
	struct rex_test *t = test->priv;

	if (!t)
		return;
	rex_image_destroy(&t->img);
	kfree(t->log.buf);
	kvfree(t->file);
}

static void *rex_test_ptr(const struct rex_test *t, u64 offset)
{
	return (void *)(t->img.bias + offset);
}

/* Where the branch with its operand at this site goes. */
static unsigned long rex_test_target(const struct rex_test *t, u32 site,
				     s32 shift)
{
	u8 *operand = rex_test_ptr(t, REX_AT(text) + rex_test_sites[site]) +
		      shift;

	return (unsigned long)operand + sizeof(s32) + *(s32 *)operand;
}

static void rex_test_image(struct kunit *test)
{
	struct rex_test *t = test->priv;
	struct rex_test_tables *tables;
	unsigned long thunk;
	u8 *text;
	u32 i;

	KUNIT_ASSERT_EQ_MSG(test, rex_test_load(t, sizeof(*t->file)), 0, "%s",
			    t->log.buf);
	KUNIT_EXPECT_EQ(test, t->log.len, 0);
	tables = rex_test_ptr(t, REX_AT(tables));
	text = rex_test_ptr(t, REX_AT(text));

	KUNIT_EXPECT_EQ(test, t->img.prog_cnt, 2);
	KUNIT_EXPECT_STREQ(test, t->img.progs[1].name, "second");
	KUNIT_EXPECT_PTR_EQ(test, (u8 *)t->img.progs[1].entry, text + 16);
	KUNIT_EXPECT_EQ(test, t->img.import_cnt, 1);
	KUNIT_EXPECT_EQ(test, t->img.imports[0].entry, t->img.progs[0].entry);
	KUNIT_EXPECT_STREQ(test, t->img.license, "GPL");

	/* The map's own number of entries is what the program sees. */
	KUNIT_EXPECT_EQ(test, tables->handle.map, (unsigned long)&t->map);
	KUNIT_EXPECT_EQ(test, tables->handle.max_entries, 100);

	KUNIT_EXPECT_EQ(test, tables->got[0], (unsigned long)&rex_frame);
	thunk = tables->got[1];
	KUNIT_EXPECT_EQ(test, tables->slot, 0);
	KUNIT_EXPECT_EQ(test, *(u64 *)rex_test_ptr(t, REX_AT(data)), 0x1234);
	KUNIT_EXPECT_EQ(test, *(u64 *)rex_test_ptr(t, REX_AT(data[2])), 0);

	/* Branches go to thunks, behind their ENDBR, in their old size; loads stay. */
	KUNIT_EXPECT_EQ(test, rex_test_target(t, REX_SITE_CALL, 0),
			thunk + ENDBR_INSN_SIZE);
	KUNIT_EXPECT_EQ(test, text[26], 0x67);
	KUNIT_EXPECT_EQ(test, text[27], CALL_INSN_OPCODE);
	KUNIT_EXPECT_EQ(test, rex_test_target(t, REX_SITE_GOT_CALL, 0),
			thunk + ENDBR_INSN_SIZE);
	KUNIT_EXPECT_EQ(test, text[32], JMP32_INSN_OPCODE);
	KUNIT_EXPECT_EQ(test, rex_test_target(t, REX_SITE_GOT_JUMP, -1),
			thunk + ENDBR_INSN_SIZE);
	KUNIT_EXPECT_EQ(test, text[37], INT3_INSN_OPCODE);
	KUNIT_EXPECT_MEMEQ(test, text + 38, rex_test_text + 38, 7);
	KUNIT_EXPECT_MEMEQ(test, text + 51, rex_test_text + 51, 5);
	if (text[9] == RET_INSN_OPCODE)
		KUNIT_EXPECT_EQ(test, text[10], INT3_INSN_OPCODE);
	else
		KUNIT_EXPECT_EQ(test, text[9], JMP32_INSN_OPCODE);
	for (i = 0; i < sizeof(t->file->plt); i++)
		KUNIT_EXPECT_EQ(test, text[sizeof(t->file->text) + i],
				INT3_INSN_OPCODE);
}

static void rex_test_names(struct kunit *test)
{
	struct rex_test *t = test->priv;
	unsigned long text, size, off;

	KUNIT_ASSERT_EQ(test, rex_test_load(t, sizeof(*t->file)), 0);
	text = (unsigned long)rex_test_ptr(t, REX_AT(text));

	KUNIT_EXPECT_STREQ(test, rex_image_symbol(&t->img, text + 13, &size,
						  &off), "one");
	KUNIT_EXPECT_EQ(test, size, 14);
	KUNIT_EXPECT_EQ(test, off, 13);
	KUNIT_EXPECT_STREQ(test, rex_image_symbol(&t->img, text + 16, &size,
						  &off), "<two>");
	KUNIT_EXPECT_EQ(test, off, 0);
	KUNIT_EXPECT_NULL(test, rex_image_symbol(&t->img, text + 14, &size,
						 &off));
	KUNIT_EXPECT_NULL(test, rex_image_symbol(&t->img, text - 1, &size,
						 &off));
	KUNIT_EXPECT_NULL(test, rex_image_symbol(&t->img, text + 56, &size,
						 &off));
	/* The first undefined symbol that has a thunk. */
	KUNIT_EXPECT_STREQ(test, rex_image_symbol(&t->img, t->img.text_start,
						  &size, &off),
			   "bpf_ktime_get_ns");
}

/* Nothing is both writable and executable, and little is either. */
static void rex_test_protection(struct kunit *test)
{
	struct rex_test *t = test->priv;
	unsigned long addr, text, data;
	unsigned int level;
	pte_t *pte;

	KUNIT_ASSERT_EQ(test, rex_test_load(t, sizeof(*t->file)), 0);
	text = (unsigned long)rex_test_ptr(t, REX_AT(text));
	data = (unsigned long)rex_test_ptr(t, REX_AT(data));

	for (addr = (unsigned long)t->img.base;
	     addr < (unsigned long)t->img.base + t->img.size;
	     addr += PAGE_SIZE) {
		pte = lookup_address(addr, &level);
		KUNIT_ASSERT_NOT_NULL(test, pte);
		KUNIT_EXPECT_EQ_MSG(test, !!pte_write(*pte), addr >= data,
				    "page %lu of the image",
				    (addr - t->img.text_start) / PAGE_SIZE);
		KUNIT_EXPECT_EQ_MSG(test, !!pte_exec(*pte),
				    addr == t->img.text_start || addr == text,
				    "page %lu of the image",
				    (addr - t->img.text_start) / PAGE_SIZE);
	}
}

/**
 * struct rex_test_spoil - a field of the file that is not as it should be
 * @what: the field, as the source has it
 * @offset: offset of the field in the file
 * @size: its size
 * @value: what it is set to
 * @err: what loading it returns
 * @says: part of the line that says so
 */
struct rex_test_spoil {
	const char	*what;
	size_t		offset;
	size_t		size;
	u64		value;
	int		err;
	const char	*says;
};

#define REX_SPOIL(_field, _value, _err, _says)			\
	{							\
		.what	= #_field ": " _says,			\
		.offset	= REX_AT(_field),			\
		.size	= sizeof_field(struct rex_test_file, _field), \
		.value	= (u64)(_value),			\
		.err	= _err,					\
		.says	= _says,				\
	}

static const struct rex_test_spoil rex_test_spoils[] = {
	REX_SPOIL(eh.e_ident[0], 'E', -ENOEXEC, "not an ELF file"),
	REX_SPOIL(eh.e_ident[EI_CLASS], ELFCLASS32, -ENOEXEC, "class 1"),
	REX_SPOIL(eh.e_ident[EI_DATA], ELFDATA2MSB, -ENOEXEC, "data 2"),
	REX_SPOIL(eh.e_machine, EM_ARM, -ENOEXEC, "machine 40"),
	REX_SPOIL(eh.e_type, ET_REL, -ENOEXEC, "type 1"),
	REX_SPOIL(eh.e_version, 2, -ENOEXEC, "version 2"),
	REX_SPOIL(eh.e_phentsize, 32, -EINVAL, "header sizes"),
	REX_SPOIL(eh.e_phoff, U64_MAX - 7, -EINVAL, "program headers"),
	REX_SPOIL(eh.e_phoff, 65, -EINVAL, "program headers"),
	REX_SPOIL(eh.e_phnum, 0, -EINVAL, "program headers: 0"),
	REX_SPOIL(eh.e_phnum, 0xffff, -EINVAL, "program headers: 65535"),
	REX_SPOIL(eh.e_shoff, U64_MAX - 7, -EINVAL, "section headers"),
	REX_SPOIL(eh.e_shnum, 0, -EINVAL, "do not strip"),
	REX_SPOIL(eh.e_shnum, 0xffff, -EINVAL, "section headers: 65535"),
	REX_SPOIL(eh.e_shstrndx, REX_SH_CNT, -EINVAL, "no string table"),
	REX_SPOIL(eh.e_shstrndx, REX_SH_TEXT, -EINVAL, "no string table"),
	REX_SPOIL(names[255], 'x', -EINVAL, "no string table"),

	REX_SPOIL(sh[REX_SH_TEXT].sh_name, 256, -EINVAL, "outside"),
	REX_SPOIL(sh[REX_SH_TEXT].sh_offset, U64_MAX, -EINVAL, "'.text'"),
	REX_SPOIL(sh[REX_SH_TEXT].sh_size, U64_MAX, -EINVAL, "'.text'"),
	REX_SPOIL(sh[REX_SH_TEXT].sh_addr, 0, -EINVAL, "no segment"),
	REX_SPOIL(sh[REX_SH_TEXT].sh_type, 14, -EINVAL, "constructors"),
	REX_SPOIL(sh[REX_SH_TEXT].sh_type, SHT_REL, -EINVAL, "addends"),
	REX_SPOIL(sh[REX_SH_BSS].sh_size, U64_MAX, -EINVAL, "'.bss'"),
	REX_SPOIL(sh[REX_SH_BSS].sh_flags, SHF_ALLOC | BIT(10), -EINVAL,
		  "thread-local"),
	REX_SPOIL(sh[REX_SH_SYMTAB].sh_size, sizeof(struct rex_test_file),
		  -EINVAL, "'.symtab'"),
	REX_SPOIL(sh[REX_SH_SYMTAB].sh_type, SHT_DYNSYM, -EINVAL,
		  "not the only symbol table"),
	REX_SPOIL(sh[REX_SH_SYMTAB].sh_entsize, 1, -EINVAL, "'.symtab'"),
	REX_SPOIL(sh[REX_SH_SYMTAB].sh_link, 99, -EINVAL, "'.symtab'"),

	REX_SPOIL(ph[REX_PH_TEXT].p_flags, PF_R | PF_W | PF_X, -EINVAL,
		  "writable and executable"),
	REX_SPOIL(ph[REX_PH_TEXT].p_flags, 8, -EINVAL, "permissions"),
	REX_SPOIL(ph[REX_PH_TEXT].p_flags, PF_R, -EINVAL, "no executable"),
	REX_SPOIL(ph[REX_PH_TEXT].p_vaddr, 0x1010, -EINVAL, "at a page"),
	REX_SPOIL(ph[REX_PH_TEXT].p_offset, 0x1010, -EINVAL, "at a page"),
	REX_SPOIL(ph[REX_PH_TEXT].p_vaddr, 0, -EINVAL, "overlaps"),
	REX_SPOIL(ph[REX_PH_TABLES].p_vaddr, PAGE_SIZE, -EINVAL, "overlaps"),
	REX_SPOIL(ph[REX_PH_TEXT].p_filesz, PAGE_SIZE, -EINVAL, "more bytes"),
	REX_SPOIL(ph[REX_PH_TEXT].p_offset, SZ_1G, -EINVAL, "past the end"),
	REX_SPOIL(ph[REX_PH_DATA].p_memsz, U64_MAX, -EINVAL, "overflows"),
	REX_SPOIL(ph[REX_PH_DATA].p_memsz, REX_MAX_IMAGE, -E2BIG, "the limit"),
	REX_SPOIL(ph[REX_PH_RELRO].p_vaddr, 0x2010, -EINVAL, "PT_GNU_RELRO"),
	REX_SPOIL(ph[REX_PH_RELRO].p_vaddr, 0, -EINVAL, "PT_GNU_RELRO"),
	REX_SPOIL(ph[REX_PH_RELRO].p_memsz, 16, -EINVAL, "PT_GNU_RELRO"),
	REX_SPOIL(ph[REX_PH_RELRO].p_type, PT_NOTE, -EINVAL, "map 'counts'"),

	REX_SPOIL(note.hdr.n_type, 2, -ENOEXEC, "no build note"),
	REX_SPOIL(note.hdr.n_descsz, U32_MAX, -EINVAL, "malformed note"),
	REX_SPOIL(note.hdr.n_descsz, 4, -EINVAL, "malformed note"),
	REX_SPOIL(note.fixed[0], 2, -ENOEXEC, "ABI version 2"),
	REX_SPOIL(note.fixed[1], SZ_1M, -EINVAL, "1048576 bytes of stack"),
	REX_SPOIL(note.fixed[2], SZ_1M, -EINVAL, "between two checks"),
	REX_SPOIL(note.fixed[3], 0, -EINVAL, "malformed note"),
	REX_SPOIL(note.fixed[4], 'x', -ENOEXEC, "built for kernel x, this is"),
	REX_SPOIL(note.layout[0], 77, -ENOEXEC, "is 77, in this kernel"),

	REX_SPOIL(sh[REX_SH_PROGS].sh_name, 1, -EINVAL, "no programs"),
	REX_SPOIL(sh[REX_SH_PROGS].sh_size, 217, -EINVAL, "no whole number"),
	REX_SPOIL(sh[REX_SH_PROGS].sh_flags, 0, -EINVAL, "'.rex.progs'"),
	REX_SPOIL(sh[REX_SH_LICENSE].sh_size, 3, -EINVAL, "not a string"),
	REX_SPOIL(tables.progs[0].name[0], '1', -EINVAL, "identifier"),
	REX_SPOIL(tables.progs[0].name[0], 0, -EINVAL, "identifier"),
	REX_SPOIL(tables.progs[0].name, 0x646e6f636573, -EINVAL,
		  "two programs"),
	REX_SPOIL(tables.progs[0].section[0], '\n', -EINVAL, "section name"),
	REX_SPOIL(tables.progs[0].flags, 1, -EINVAL, "flags 0x1"),
	REX_SPOIL(rela[REX_RELA_FIRST].r_addend, REX_AT(data), -EINVAL,
		  "executable"),
	REX_SPOIL(rela[REX_RELA_FIRST].r_addend, REX_AT(text) + 286, -EINVAL,
		  "executable"),

	REX_SPOIL(tables.maps[0].name[0], ' ', -EINVAL, "identifier"),
	REX_SPOIL(tables.handle.map_type, BPF_MAP_TYPE_HASH, -EINVAL,
		  "map 'counts': its type is 2"),
	REX_SPOIL(tables.handle.key_size, 8, -EINVAL, "key size is 4"),
	REX_SPOIL(tables.handle.value_size, 4, -EINVAL, "value size is 8"),
	REX_SPOIL(tables.handle.map_flags, 1, -EINVAL, "flags is 0"),
	REX_SPOIL(tables.handle.reserved, 1, -EINVAL, "handle"),
	REX_SPOIL(tables.handle.map, 1, -EINVAL, "handle"),
	REX_SPOIL(rela[REX_RELA_MAP].r_addend, REX_AT(data), -EINVAL,
		  "handle"),
	REX_SPOIL(rela[REX_RELA_MAP].r_addend, REX_AT(data) - 8, -EINVAL,
		  "handle"),
	REX_SPOIL(rela[REX_RELA_MAP].r_addend, REX_AT(tables.handle) + 4,
		  -EINVAL, "handle"),

	REX_SPOIL(tables.imports[0].symbol[0], 'x', -ENOENT,
		  "'xpf_ktime_get_ns' is not a kernel symbol"),
	REX_SPOIL(rela[REX_RELA_IMPORT].r_addend, REX_AT(text) + 4, -EINVAL,
		  "entry of a program"),
	REX_SPOIL(sh[REX_SH_IMPORTS].sh_name, 1, -EINVAL, "listed"),
	REX_SPOIL(dynsym[REX_USE_FRAME].st_name, 1 + sizeof("rex"), -ENOENT,
		  "'frame'"),
	REX_SPOIL(dynsym[REX_USE_FRAME].st_name, 256, -EINVAL,
		  "name out of bounds"),
	REX_SPOIL(dynsym[REX_USE_FRAME].st_shndx, REX_SH_TEXT, -EINVAL,
		  "undefined"),

	REX_SPOIL(sh[REX_SH_RELA].sh_entsize, 16, -EINVAL, "'.rela.dyn'"),
	REX_SPOIL(sh[REX_SH_RELA].sh_link, REX_SH_TEXT, -EINVAL,
		  "symbol out of bounds"),
	REX_SPOIL(sh[REX_SH_SITES].sh_type, SHT_PROGBITS, -EINVAL, "strip"),
	REX_SPOIL(rela[REX_RELA_SLOT].r_info, R_X86_64_COPY, -EINVAL,
		  "unknown type"),
	REX_SPOIL(rela[REX_RELA_SLOT].r_info, REX_USE_CNT * BIT_ULL(32) + 6,
		  -EINVAL, "symbol out of bounds"),
	REX_SPOIL(rela[REX_RELA_FIRST].r_offset, U64_MAX - 3, -EINVAL,
		  "not in writable data"),
	REX_SPOIL(rela[REX_RELA_FIRST].r_offset, REX_AT(text), -EINVAL,
		  "not in writable data"),
	REX_SPOIL(rela[REX_RELA_FIRST].r_addend, SZ_1G, -EINVAL,
		  "out of the image"),
	REX_SPOIL(rela[REX_RELA_FIRST].r_addend, -8, -EINVAL,
		  "out of the image"),
	REX_SPOIL(sites[REX_SITE_CALL].r_addend, 0, -EINVAL, "addend"),
	REX_SPOIL(sites[REX_SITE_CALL].r_offset, U64_MAX, -EINVAL,
		  "not in text"),
	REX_SPOIL(sites[REX_SITE_CALL].r_offset, REX_AT(tables), -EINVAL,
		  "not in text"),
	REX_SPOIL(sites[REX_SITE_CALL].r_offset, REX_AT(text) + 8, -EINVAL,
		  "not a branch"),
	REX_SPOIL(sites[REX_SITE_CALL].r_offset, REX_AT(text) + 10, -EINVAL,
		  "overlaps"),
	REX_SPOIL(sites[REX_SITE_CALL].r_info,
		  REX_USE_TIME * BIT_ULL(32) + R_X86_64_PC32, -EINVAL,
		  "unknown type"),
	REX_SPOIL(sites[REX_SITE_CALL].r_info,
		  REX_USE_FRAME * BIT_ULL(32) + R_X86_64_PLT32, -EINVAL,
		  "branches to a variable"),

	REX_SPOIL(symbols.count, U32_MAX, -EINVAL, "'.rex.symbols'"),
	REX_SPOIL(symbols.strings_size, U32_MAX, -EINVAL, "'.rex.symbols'"),
	REX_SPOIL(symbols.syms[1].addr, 0, -EINVAL, "'.rex.symbols'"),
	REX_SPOIL(symbols.syms[1].size, U32_MAX, -EINVAL, "'.rex.symbols'"),
	REX_SPOIL(symbols.syms[1].name, 16, -EINVAL, "'.rex.symbols'"),
	REX_SPOIL(symbols.strings[0], '\n', -EINVAL, "'.rex.symbols'"),
	REX_SPOIL(symbols.strings[15], 'x', -EINVAL, "'.rex.symbols'"),
};

static void rex_test_spoil_desc(const struct rex_test_spoil *spoil, char *desc)
{
	strscpy(desc, spoil->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(rex_test_spoils, rex_test_spoils, rex_test_spoil_desc);

static void rex_test_refusal(struct kunit *test)
{
	const struct rex_test_spoil *spoil = test->param_value;
	struct rex_test *t = test->priv;

	/* Fields longer than a value, which are names, are cleared behind it. */
	memset((void *)t->file + spoil->offset, 0, spoil->size);
	memcpy((void *)t->file + spoil->offset, &spoil->value,
	       min(spoil->size, sizeof(spoil->value)));

	KUNIT_EXPECT_EQ(test, rex_test_load(t, sizeof(*t->file)), spoil->err);
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(t->log.buf, spoil->says),
				  "no '%s' in: %s", spoil->says, t->log.buf);
	/* One line. */
	KUNIT_EXPECT_PTR_EQ(test, strchrnul(t->log.buf, '\n'),
			    t->log.buf + t->log.len - 1);
}

/* Cut anywhere, it is refused, and nothing behind the cut is looked at. */
static void rex_test_cut(struct kunit *test)
{
	struct rex_test *t = test->priv;
	struct rex_test_file *whole = t->file;
	size_t size;
	int err;

	for (size = 0; size < REX_AT(data) + sizeof(whole->data); size += 61) {
		t->file = kvmemdup(whole, size, GFP_KERNEL);
		KUNIT_ASSERT_FALSE(test, size && !t->file);
		err = rex_test_load(t, size);
		rex_image_destroy(&t->img);
		kvfree(t->file);
		t->file = whole;
		KUNIT_EXPECT_LT_MSG(test, err, 0, "cut to %zu bytes", size);
		t->log.len = 0;
	}
}

static struct kunit_case rex_test_cases[] = {
	KUNIT_CASE(rex_test_image),
	KUNIT_CASE(rex_test_names),
	KUNIT_CASE(rex_test_protection),
	KUNIT_CASE_PARAM(rex_test_refusal, rex_test_spoils_gen_params),
	KUNIT_CASE(rex_test_cut),
	{}
};

static struct kunit_suite rex_test_suite = {
	.name = "rex_elf",
	.init = rex_test_init,
	.exit = rex_test_exit,
	.test_cases = rex_test_cases,
};

kunit_test_suite(rex_test_suite);
