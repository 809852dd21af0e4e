// SPDX-License-Identifier: GPL-2.0
/* What is wrong with what an object links to: relocations, kernel symbols, names. */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include <linux/bpf.h>

#include "bad_file.h"
#include "check.h"

static void relocation_type(struct elf_file *file)
{
	Elf64_Rela *rela = elf_rela_of_type(file, true, R_X86_64_GLOB_DAT);

	rela->r_info =
		ELF64_R_INFO(ELF64_R_SYM(rela->r_info), R_X86_64_TPOFF64);
}

static void relocation_symbol(struct elf_file *file)
{
	elf_rela_of_type(file, true, R_X86_64_GLOB_DAT)->r_info =
		ELF64_R_INFO(UINT32_MAX, R_X86_64_GLOB_DAT);
}

static void relocation_in_text(struct elf_file *file)
{
	elf_rela_of_type(file, true, R_X86_64_RELATIVE)->r_offset =
		elf_section(file, ".text")->sh_addr;
}

static void relocation_past_the_end(struct elf_file *file)
{
	elf_rela_of_type(file, true, R_X86_64_RELATIVE)->r_offset = -4;
}

static void relocation_to_the_outside(struct elf_file *file)
{
	elf_rela_of_type(file, true, R_X86_64_RELATIVE)->r_addend = -4096;
}

/* Of a branch in the text to a kernel function. */
static Elf64_Rela *call_site(struct elf_file *file)
{
	Elf64_Sym *syms = elf_data(file, ".symtab");
	Elf64_Rela *rela = elf_data(file, ".rela.text");
	size_t cnt = elf_section(file, ".rela.text")->sh_size / sizeof(*rela);

	for (size_t i = 0; i < cnt; i++) {
		Elf64_Sym *sym = &syms[ELF64_R_SYM(rela[i].r_info)];

		if (sym->st_shndx == SHN_UNDEF && sym->st_name &&
		    ELF64_R_TYPE(rela[i].r_info) == R_X86_64_PLT32)
			return &rela[i];
	}
	die("no call of a kernel function");
}

static void call_site_type(struct elf_file *file)
{
	Elf64_Rela *rela = call_site(file);

	rela->r_info = ELF64_R_INFO(ELF64_R_SYM(rela->r_info), R_X86_64_PC32);
}

static void call_site_place(struct elf_file *file)
{
	call_site(file)->r_offset += 1;
}

static void call_site_past_the_end(struct elf_file *file)
{
	call_site(file)->r_offset = INT64_MAX;
}

static void unknown_symbol(struct elf_file *file)
{
	elf_rename_symbol(file, "bpf_get_current_task", "commit_creds");
}

static void missing_import(struct elf_file *file)
{
	struct rex_import_desc *imports = elf_data(file, ".rex.imports");
	size_t cnt =
		elf_section(file, ".rex.imports")->sh_size / sizeof(*imports);

	for (size_t i = 0; i < cnt; i++)
		if (!strcmp(imports[i].symbol, "bpf_get_current_task"))
			strcpy(imports[i].symbol, "rex_frame");
}

static void unknown_import(struct elf_file *file)
{
	struct rex_import_desc *imports = elf_data(file, ".rex.imports");

	strcpy(imports[0].symbol, "commit_creds");
}

static void unnamed_import(struct elf_file *file)
{
	struct rex_import_desc *imports = elf_data(file, ".rex.imports");

	memset(imports[0].symbol, 'x', sizeof(imports[0].symbol));
}

static void symbols_out_of_order(struct elf_file *file)
{
	struct rex_symbol_table *table = elf_data(file, ".rex.symbols");
	struct rex_symbol_name first = table->syms[0];

	table->syms[0] = table->syms[table->count - 1];
	table->syms[table->count - 1] = first;
}

static void symbol_name_out_of_names(struct elf_file *file)
{
	struct rex_symbol_table *table = elf_data(file, ".rex.symbols");

	table->syms[0].name = table->strings_size;
}

const struct bad_file bad_links[] = {
	/* Relocations and symbols */
	{ "an unknown relocation", .change = relocation_type,
	  .kernel_err = EINVAL, .kernel_says = "section '.rela.dyn'" },
	{ "a relocation of no symbol", .change = relocation_symbol,
	  .kernel_err = EINVAL, .kernel_says = "section '.rela.dyn'" },
	{ "a relocation in text", .change = relocation_in_text,
	  .kernel_err = EINVAL, .kernel_says = "section '.rela.dyn'" },
	{ "a relocation past the end", .change = relocation_past_the_end,
	  .kernel_err = EINVAL, .kernel_says = "section '.rela.dyn'" },
	{ "a pointer out of the image", .change = relocation_to_the_outside,
	  .kernel_err = EINVAL, .kernel_says = "section '.rela.dyn'" },
	{ "relocations of odd size", IN_SECTION(".rela.dyn", sh_entsize, 16),
	  .kernel_err = EINVAL, .kernel_says = "section '.rela.dyn'" },
	{ "relocations of no symbol table",
	  IN_SECTION(".rela.text", sh_link, 0xfe00), .kernel_err = EINVAL,
	  .kernel_says = "section '.rela.text'" },
	{ "an unknown relocation in text", .change = call_site_type,
	  .kernel_err = EINVAL, .kernel_says = "section '.rela.text'" },
	{ "a call site that is none", .change = call_site_place,
	  .kernel_err = EINVAL, .kernel_says = "section '.rela.text'" },
	{ "a call site past the end", .change = call_site_past_the_end,
	  .kernel_err = EINVAL, .kernel_says = "section '.rela.text'" },
	{ "a kernel symbol that is not in the table", .change = unknown_symbol,
	  .kernel_err = ENOENT, .kernel_says = "'commit_creds'" },
	{ "an import that is not in the table", .change = unknown_import,
	  .kernel_err = ENOENT, .kernel_says = "'commit_creds'" },
	{ "an import without a name", .change = unnamed_import,
	  .kernel_err = EINVAL, .kernel_says = "section '.rex.imports'" },
	{ "an import that is missing", .change = missing_import,
	  .kernel_err = EINVAL, .kernel_says = "'bpf_get_current_task'" },

	/* Names of functions */
	{ "too many function names",
	  IN_DATA(".rex.symbols", struct rex_symbol_table, count, UINT32_MAX),
	  .kernel_err = EINVAL, .kernel_says = "section '.rex.symbols'" },
	{ "functions out of order", .change = symbols_out_of_order,
	  .kernel_err = EINVAL, .kernel_says = "section '.rex.symbols'" },
	{ "a function name out of the names",
	  .change = symbol_name_out_of_names, .kernel_err = EINVAL,
	  .kernel_says = "section '.rex.symbols'" },
};

const size_t bad_links_cnt = ARRAY_SIZE(bad_links);
