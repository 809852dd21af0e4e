// SPDX-License-Identifier: GPL-2.0
/*
 * Files that are no good objects: each is refused by the kernel and by librex
 * with its errno and one line that names object, place and cure, and nothing is
 * left behind.
 *
 * Each case changes one thing in map_test's object, most of them one field.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <librex.h>

#include "lib/check.h"
#include "lib/elf_file.h"
#include "lib/raw_bpf.h"

#define GOOD_OBJECT \
	"../samples/map_test/target/x86_64-unknown-none/release/map_test"
#define MAPS 2

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

static void empty(struct elf_file *file)
{
	file->size = 0;
}

static void cut_in_header(struct elf_file *file)
{
	file->size = sizeof(Elf64_Ehdr) - 1;
}

static void cut_in_ident(struct elf_file *file)
{
	file->size = 3;
}

static void cut_in_half(struct elf_file *file)
{
	file->size /= 2;
}

static void cut_by_one(struct elf_file *file)
{
	file->size--;
}

static void no_elf(struct elf_file *file)
{
	memcpy(file->bytes, "#!/bin/sh\n", 10);
}

static void is_32_bit(struct elf_file *file)
{
	file->bytes[EI_CLASS] = ELFCLASS32;
}

static void is_big_endian(struct elf_file *file)
{
	file->bytes[EI_DATA] = ELFDATA2MSB;
}

static void overlap(struct elf_file *file)
{
	elf_phdr(file, PT_LOAD, 1)->p_vaddr =
		elf_phdr(file, PT_LOAD, 0)->p_vaddr;
}

static void out_of_order(struct elf_file *file)
{
	Elf64_Phdr *first = elf_phdr(file, PT_LOAD, 0);
	Elf64_Phdr *second = elf_phdr(file, PT_LOAD, 1);
	Elf64_Phdr saved = *first;

	*first = *second;
	*second = saved;
}

static void not_at_a_page(struct elf_file *file)
{
	elf_phdr(file, PT_LOAD, 1)->p_vaddr += 8;
}

static void nothing_executable(struct elf_file *file)
{
	for (int i = 0; i < elf_ehdr(file)->e_phnum; i++) {
		Elf64_Phdr *phdr =
			(Elf64_Phdr *)(file->bytes + elf_ehdr(file)->e_phoff);

		phdr[i].p_flags &= ~PF_X;
	}
}

static void more_in_file_than_in_memory(struct elf_file *file)
{
	Elf64_Phdr *phdr = elf_phdr(file, PT_LOAD, 0);

	phdr->p_filesz = phdr->p_memsz + 1;
}

static void unterminated_names(struct elf_file *file)
{
	Elf64_Shdr *shdr =
		(Elf64_Shdr *)(file->bytes + elf_ehdr(file)->e_shoff) +
		elf_ehdr(file)->e_shstrndx;

	file->bytes[shdr->sh_offset + shdr->sh_size - 1] = 'x';
}

static void name_out_of_names(struct elf_file *file)
{
	elf_section(file, ".rex.progs")->sh_name = UINT32_MAX;
}

static void rename_section(struct elf_file *file, const char *name)
{
	Elf64_Shdr *shdr =
		(Elf64_Shdr *)(file->bytes + elf_ehdr(file)->e_shoff) +
		elf_ehdr(file)->e_shstrndx;

	file->bytes[shdr->sh_offset + elf_section(file, name)->sh_name] = '?';
}

static void no_progs_section(struct elf_file *file)
{
	rename_section(file, ".rex.progs");
}

static void no_license(struct elf_file *file)
{
	rename_section(file, "license");
}

static void no_note(struct elf_file *file)
{
	rename_section(file, ".note.rex");
}

static void license_without_end(struct elf_file *file)
{
	memset(elf_data(file, "license"), 'x',
	       elf_section(file, "license")->sh_size);
}

static void not_gpl(struct elf_file *file)
{
	memcpy(elf_data(file, "license"), "MIT", 4);
}

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

/* The address of an entry in a table, by the relocation that fills it. */
static void entry_elsewhere(struct elf_file *file)
{
	Elf64_Addr entry = elf_section(file, ".rex.progs")->sh_addr +
			   offsetof(struct rex_prog_desc, entry);

	elf_rela_at(file, entry)->r_addend =
		elf_section(file, ".rex.progs")->sh_addr;
}

static void entry_in_a_function(struct elf_file *file)
{
	Elf64_Addr entry = elf_section(file, ".rex.progs")->sh_addr +
			   offsetof(struct rex_prog_desc, entry);

	elf_rela_at(file, entry)->r_addend += 1;
}

static void program_without_name(struct elf_file *file)
{
	elf_progs(file, NULL)->name[0] = 0;
}

static void program_name_without_end(struct elf_file *file)
{
	memset(elf_progs(file, NULL)->name, 'x', REX_NAME_LEN);
}

static void program_name_with_escape(struct elf_file *file)
{
	memcpy(elf_progs(file, NULL)->name, "\033[31mred", 9);
}

static void unknown_hook(struct elf_file *file)
{
	strcpy(elf_progs(file, NULL)->section, "fentry/do_unlinkat");
}

static void hook_without_end(struct elf_file *file)
{
	memset(elf_progs(file, NULL)->section, 'x', REX_SECTION_LEN);
}

static void two_maps_of_one_name(struct elf_file *file)
{
	struct rex_map_desc *maps = elf_maps(file, NULL);

	memcpy(maps[1].name, maps[0].name, sizeof(maps[0].name));
}

static void one_handle_for_two_maps(struct elf_file *file)
{
	Elf64_Addr maps = elf_section(file, ".rex.maps")->sh_addr;
	size_t handle = offsetof(struct rex_map_desc, handle);

	elf_rela_at(file, maps + sizeof(struct rex_map_desc) + handle)
		->r_addend = elf_rela_at(file, maps + handle)->r_addend;
}

static void handle_in_text(struct elf_file *file)
{
	elf_rela_at(file, elf_section(file, ".rex.maps")->sh_addr +
				  offsetof(struct rex_map_desc, handle))
		->r_addend = elf_section(file, ".text")->sh_addr;
}

static void other_release(struct elf_file *file)
{
	strcpy(elf_note(file)->release, "5.10.0-other");
}

static void other_layout(struct elf_file *file)
{
	elf_note(file)->layout[0] ^= 8;
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

static const struct bad_file bad_files[] = {
	/* Not a whole ELF file for this machine */
	{ "empty", .change = empty, .kernel_err = ENOEXEC,
	  .kernel_says = "empty" },
	{ "cut in its first bytes", .change = cut_in_ident,
	  .kernel_err = ENOEXEC, .kernel_says = "ELF",
	  .librex_says = "not an ELF file" },
	{ "cut in the header", .change = cut_in_header, .kernel_err = ENOEXEC,
	  .kernel_says = "ELF header: the file ends after 63 bytes",
	  .librex_says = "ELF header: file cut after 63 bytes" },
	{ "cut in half", .change = cut_in_half, .kernel_err = EINVAL,
	  .kernel_says = "section headers: ", .librex_err = ENOEXEC,
	  .librex_says = "section table" },
	{ "cut by one byte", .change = cut_by_one, .kernel_err = EINVAL,
	  .kernel_says = "in a file of ", .librex_err = ENOEXEC,
	  .librex_says = "section " },
	{ "a script", .change = no_elf, .kernel_err = ENOEXEC,
	  .kernel_says = "not an ELF file" },
	{ "32-bit", .change = is_32_bit, .kernel_err = ENOEXEC,
	  .kernel_says = "ELF header: ", .librex_says = "not a 64-bit file" },
	{ "big-endian", .change = is_big_endian, .kernel_err = ENOEXEC,
	  .kernel_says = "ELF header: ", .librex_says = "not little-endian" },
	{ "another machine", IN_EHDR(e_machine, EM_AARCH64),
	  .kernel_err = ENOEXEC, .kernel_says = "ELF header: ",
	  .librex_says = "ELF header: machine 183" },
	{ "ET_REL", IN_EHDR(e_type, ET_REL), .kernel_err = ENOEXEC,
	  .kernel_says = "ELF header: type 1", .librex_says = "ET_REL" },
	{ "ET_EXEC", IN_EHDR(e_type, ET_EXEC), .kernel_err = ENOEXEC,
	  .kernel_says = "ELF header: type 2" },
	{ "ELF version", IN_EHDR(e_version, 2), .kernel_err = ENOEXEC,
	  .kernel_says = "ELF header: " },

	/* Headers */
	{ "size of the ELF header", IN_EHDR(e_ehsize, 52), .kernel_err = EINVAL,
	  .kernel_says = "ELF header: " },
	{ "size of a program header", IN_EHDR(e_phentsize, 32),
	  .kernel_err = EINVAL, .kernel_says = "ELF header: " },
	{ "size of a section header", IN_EHDR(e_shentsize, 1),
	  .kernel_err = EINVAL, .kernel_says = "ELF header: " },
	{ "no program headers", IN_EHDR(e_phnum, 0), .kernel_err = EINVAL,
	  .kernel_says = "program headers: " },
	{ "too many program headers", IN_EHDR(e_phnum, UINT16_MAX),
	  .kernel_err = EINVAL, .kernel_says = "program headers: " },
	{ "program headers past the end", IN_EHDR(e_phoff, 1UL << 40),
	  .kernel_err = EINVAL, .kernel_says = "program headers: " },
	{ "program headers overflow", IN_EHDR(e_phoff, -64UL),
	  .kernel_err = EINVAL, .kernel_says = "program headers: " },
	{ "program headers unaligned", IN_EHDR(e_phoff, 65),
	  .kernel_err = EINVAL, .kernel_says = "program headers: " },
	{ "no section headers", IN_EHDR(e_shnum, 0), .kernel_err = EINVAL,
	  .kernel_says = "section headers: ", .librex_err = ENOEXEC,
	  .librex_says = "ELF header: no section table" },
	{ "too many section headers", IN_EHDR(e_shnum, 0xfe00),
	  .kernel_err = EINVAL, .kernel_says = "section headers: ",
	  .librex_err = ENOEXEC, .librex_says = "section" },
	{ "section headers overflow", IN_EHDR(e_shoff, -64UL),
	  .kernel_err = EINVAL, .kernel_says = "section headers: ",
	  .librex_err = ENOEXEC, .librex_says = "section" },
	{ "names in no section", IN_EHDR(e_shstrndx, 0xfe00),
	  .kernel_err = EINVAL,
	  .kernel_says = "section headers: ", .librex_says = "section" },
	{ "names in a section that has none", IN_EHDR(e_shstrndx, 1),
	  .kernel_err = EINVAL,
	  .kernel_says = "section headers: ", .librex_says = "section" },

	/* Segments */
	{ "overlapping segments", .change = overlap, .kernel_err = EINVAL,
	  .kernel_says = "overlaps" },
	{ "segments out of order", .change = out_of_order, .kernel_err = EINVAL,
	  .kernel_says = "out of order" },
	{ "an unaligned segment", .change = not_at_a_page, .kernel_err = EINVAL,
	  .kernel_says = "does not start at a page" },
	{ "a writable and executable segment",
	  IN_LOAD(1, p_flags, PF_R | PF_W | PF_X), .kernel_err = EINVAL,
	  .kernel_says = "writable and executable" },
	{ "a segment of unknown permissions", IN_LOAD(0, p_flags, 0x10),
	  .kernel_err = EINVAL, .kernel_says = "segment " },
	{ "a huge segment", IN_LOAD(1, p_memsz, 1UL << 30), .kernel_err = E2BIG,
	  .kernel_says = "the limit is " },
	{ "a segment whose size overflows", IN_LOAD(0, p_memsz, -1UL),
	  .kernel_err = EINVAL, .kernel_says = "segment " },
	{ "a segment at the end of memory", IN_LOAD(1, p_vaddr, -4096UL),
	  .kernel_err = EINVAL, .kernel_says = "segment " },
	{ "a segment past the end of the file", IN_LOAD(0, p_offset, 1UL << 40),
	  .kernel_err = EINVAL, .kernel_says = "past the end of the file" },
	{ "a segment whose offset overflows", IN_LOAD(0, p_offset, -4096UL),
	  .kernel_err = EINVAL, .kernel_says = "segment " },
	{ "more of a segment in the file than in memory",
	  .change = more_in_file_than_in_memory, .kernel_err = EINVAL,
	  .kernel_says = "more bytes in the file than in memory" },
	{ "no executable segment", .change = nothing_executable,
	  .kernel_err = EINVAL, .kernel_says = "no executable segment" },
	{ "relro of half a page", IN_RELRO(p_memsz, 2048), .kernel_err = EINVAL,
	  .kernel_says = "PT_GNU_RELRO" },
	{ "relro in no segment", IN_RELRO(p_vaddr, 1UL << 40),
	  .kernel_err = EINVAL, .kernel_says = "PT_GNU_RELRO" },

	/* Sections */
	{ "a section past the end", IN_SECTION(".text", sh_offset, 1UL << 40),
	  .kernel_err = EINVAL, .kernel_says = "section '.text'",
	  .librex_err = ENOEXEC, .librex_says = "not in the file" },
	{ "a section whose size overflows",
	  IN_SECTION(".rex.progs", sh_size, -1UL), .kernel_err = EINVAL,
	  .kernel_says = "section '.rex.progs'", .librex_err = ENOEXEC,
	  .librex_says = "not in the file" },
	{ "a section in no segment",
	  IN_SECTION(".rex.progs", sh_addr, 1UL << 40), .kernel_err = EINVAL,
	  .kernel_says = "section '.rex.progs'" },
	{ "a section at another place than its segment",
	  IN_SECTION(".rex.progs", sh_offset, 64), .kernel_err = EINVAL,
	  .kernel_says = "section '.rex.progs'",
	  .librex_says = "section '.rex.progs'" },
	{ "section names that do not end", .change = unterminated_names,
	  .kernel_err = EINVAL, .kernel_says = "section names" },
	{ "a section name out of the names", .change = name_out_of_names,
	  .kernel_err = EINVAL, .kernel_says = "outside of the section names",
	  .librex_says = ".rex.progs" },
	{ "a constructor", IN_SECTION(".rex.progs", sh_type, SHT_INIT_ARRAY),
	  .kernel_err = EINVAL, .kernel_says = "constructors" },
	{ "no programs", .change = no_progs_section, .kernel_err = EINVAL,
	  .kernel_says = "section '.rex.progs'" },
	{ "a part of a program", IN_SECTION(".rex.progs", sh_size, 100),
	  .kernel_err = EINVAL, .kernel_says = "section '.rex.progs'",
	  .librex_err = ENOEXEC, .librex_says = "section '.rex.progs': size" },
	{ "no license", .change = no_license, .kernel_err = EINVAL,
	  .kernel_says = "section 'license'" },
	{ "a license that does not end", .change = license_without_end,
	  .kernel_err = EINVAL, .kernel_says = "section 'license'" },
	{ "not under the GPL", .change = not_gpl, .kernel_err = EACCES,
	  .kernel_says = "GPL compatible license" },

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

	/* Programs */
	{ "a program without a name", .change = program_without_name,
	  .kernel_err = EINVAL, .kernel_says = "section '.rex.progs'" },
	{ "a program name that does not end",
	  .change = program_name_without_end, .kernel_err = EINVAL,
	  .kernel_says = "section '.rex.progs'" },
	{ "a program name with control characters",
	  .change = program_name_with_escape, .kernel_err = EINVAL,
	  .kernel_says = "section '.rex.progs'" },
	{ "an unknown hook", .change = unknown_hook, .librex_err = EINVAL,
	  .librex_says = "unknown section name 'fentry/do_unlinkat'" },
	{ "a hook that does not end", .change = hook_without_end,
	  .kernel_err = EINVAL, .kernel_says = "'rex_prog1'",
	  .librex_says = "'rex_prog1'" },
	{ "unknown program flags",
	  IN_DATA(".rex.progs", struct rex_prog_desc, flags, 1),
	  .kernel_err = EINVAL, .kernel_says = "'rex_prog1'" },
	{ "another program type than the hook's",
	  IN_DATA(".rex.progs", struct rex_prog_desc, prog_type,
		  BPF_PROG_TYPE_XDP),
	  .librex_err = EINVAL, .librex_says = "program 'rex_prog1'" },
	{ "a type that no program can have",
	  IN_DATA(".rex.progs", struct rex_prog_desc, prog_type,
		  BPF_PROG_TYPE_STRUCT_OPS),
	  .kernel_err = EINVAL, .kernel_says = "program 'rex_prog1'",
	  .librex_says = "program 'rex_prog1'" },
	{ "a program that is data", .change = entry_elsewhere,
	  .kernel_err = EINVAL, .kernel_says = "program 'rex_prog1'" },
	{ "a program within a function", .change = entry_in_a_function,
	  .kernel_err = EINVAL, .kernel_says = "program 'rex_prog1'" },

	/* Maps */
	{ "two maps of one name", .change = two_maps_of_one_name,
	  .kernel_err = EINVAL, .kernel_says = "section '.rex.maps'" },
	{ "one handle for two maps", .change = one_handle_for_two_maps,
	  .kernel_err = EINVAL, .kernel_says = "map '" },
	{ "a map's handle in text", .change = handle_in_text,
	  .kernel_err = EINVAL, .kernel_says = "map '",
	  .librex_says = "section '.rex.maps'" },
	{ "a map of unknown type", IN_HANDLE("map_hash", map_type, 99),
	  .kernel_err = EINVAL, .kernel_says = "type",
	  .librex_says = "unknown map type 99" },
	{ "a map of a type that extensions can't use",
	  IN_HANDLE("map_hash", map_type, BPF_MAP_TYPE_CGROUP_STORAGE),
	  .kernel_err = EINVAL, .kernel_says = "type",
	  .librex_says = "libbpf " },
	{ "a map with wrong key size", IN_HANDLE("map_array", key_size, 12),
	  .kernel_err = EINVAL, .kernel_says = "its key size is 4",
	  .librex_says = "key size" },
	{ "a map with wrong value size", IN_HANDLE("map_hash", value_size, 0),
	  .kernel_err = EINVAL, .kernel_says = "its value size is 4",
	  .librex_says = "value size 0" },
	{ "a map with other flags",
	  IN_HANDLE("map_array", map_flags, BPF_F_NO_PREALLOC),
	  .kernel_err = EINVAL, .kernel_says = "its flags",
	  .librex_says = "libbpf " },
	{ "a map that reserves something", IN_HANDLE("map_hash", reserved, 1),
	  .kernel_err = EINVAL, .kernel_says = "map '",
	  .librex_says = "bytes that must be 0" },
	{ "a map with a pointer in the file", IN_HANDLE("map_hash", map, 4096),
	  .kernel_err = EINVAL, .kernel_says = "map '",
	  .librex_says = "bytes that must be 0" },

	/* What it was built for */
	{ "no build note", .change = no_note, .kernel_err = ENOEXEC,
	  .kernel_says = "section '.note.rex'" },
	{ "built for another kernel", .change = other_release,
	  .kernel_err = ENOEXEC,
	  .kernel_says = "built for kernel 5.10.0-other" },
	{ "built for another layout", .change = other_layout,
	  .kernel_err = ENOEXEC, .kernel_says = "section '.note.rex'" },
	{ "built for another version of Rex", IN_NOTE(abi_version, 99),
	  .kernel_err = ENOEXEC, .kernel_says = "ABI version 99" },
	{ "a note that is cut", IN_NOTE(layout_cnt, UINT32_MAX),
	  .kernel_err = EINVAL, .kernel_says = "section '.note.rex'" },
	{ "more stack than there is", IN_NOTE(stack_depth, 1 << 20),
	  .kernel_err = EINVAL, .kernel_says = "section '.note.rex'" },
	{ "more stack between checks than there is",
	  IN_NOTE(stack_slack, 1 << 20), .kernel_err = EINVAL,
	  .kernel_says = "section '.note.rex'" },

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

static void spoil(struct elf_file *file, const struct bad_file *bad)
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

/* What librex printed last. */
static char printed[4096];

__attribute__((format(printf, 2, 0))) static int
keep_line(enum rex_print_level level, const char *format, va_list args)
{
	size_t len = strlen(printed);

	if (level == REX_PRINT_ERROR)
		vsnprintf(printed + len, sizeof(printed) - len, format, args);
	return 0;
}

/* libbpf's own messages would be noise here. */
static int no_line(enum libbpf_print_level level, const char *format,
		   va_list args)
{
	(void)level, (void)format, (void)args;
	return 0;
}

/* One line: the object, the place, what is wrong, and what to do. */
static void check_line(const char *what, const char *by, const char *object,
		       const char *line, const char *says)
{
	char start[64];
	const char *at = line;
	int colons = 0;

	snprintf(start, sizeof(start), "rex: object '%s': ", object);
	while ((at = strstr(at, ": "))) {
		colons++;
		at++;
	}
	check(!strncmp(line, start, strlen(start)) && colons >= 3 &&
		      strchr(line, '\n') == line + strlen(line) - 1 &&
		      strstr(line, says),
	      "%s: %s says\n  %sexpected one line '%s<place>: <what is wrong>: <what to do>' with\n  %s",
	      what, by, line, start, says);
}

/* Loads and fetches all programs of the good object; 0 or an errno. */
static int load_raw(const struct elf_file *file, const int *map_fds, char *log,
		    size_t log_size)
{
	struct rex_prog_desc prog = { 0 };
	int obj_fd, prog_fd;

	obj_fd = raw_obj_load(file->bytes, file->size, map_fds, MAPS, log,
			      log_size);
	if (obj_fd < 0)
		return -obj_fd;

	memcpy(&prog, elf_progs(file, NULL), sizeof(prog));
	prog_fd =
		raw_prog_get(obj_fd, prog.name, prog.prog_type, log, log_size);
	close(obj_fd);
	if (prog_fd < 0)
		return -prog_fd;
	close(prog_fd);
	return 0;
}

static int load_librex(const struct elf_file *file)
{
	REX_OPTS(rex_object_opts, opts, .object_name = "test");
	struct rex_object *obj;
	int err = 0;

	printed[0] = 0;
	obj = rex_object__open_mem(file->bytes, file->size, &opts);
	if (!obj)
		return errno;
	err = -rex_object__load(obj);
	rex_object__close(obj);
	return err;
}

static void try(const struct bad_file *bad, const struct elf_file *good,
		const int *map_fds)
{
	int kernel_err = bad->kernel_err, librex_err = bad->librex_err;
	const char *says = bad->librex_says;
	int err, files = open_files();
	struct elf_file file;
	char log[4096];

	elf_file_copy(&file, good);
	spoil(&file, bad);

	err = load_raw(&file, map_fds, log, sizeof(log));
	check(err == kernel_err, "%s: the kernel says %s, expected %s: %s",
	      bad->what, strerror(err), strerror(kernel_err), log);
	if (err && err == kernel_err)
		check_line(bad->what, "the kernel", "test", log,
			   bad->kernel_says);

	err = load_librex(&file);
	if (!librex_err)
		librex_err = kernel_err;
	check(err == librex_err, "%s: librex says %s, expected %s: %s",
	      bad->what, strerror(err), strerror(librex_err), printed);
	if (err && err == librex_err)
		check_line(bad->what, "librex", "test", printed,
			   says ? says : bad->kernel_says);

	check(open_files() == files, "%s: %d files open before, %d after",
	      bad->what, files, open_files());
	elf_file_free(&file);
}

static void no_such_file(void)
{
	struct rex_object *obj;

	printed[0] = 0;
	obj = rex_object__open("./no-such-file", NULL);
	check(!obj && errno == ENOENT, "no such file: %s", strerror(errno));
	check_line("no such file", "librex", "no-such-file", printed,
		   "'./no-such-file'");
}

int main(void)
{
	REX_OPTS(rex_object_opts, opts, .object_name = "test");
	int map_fds[MAPS], err, i = 0;
	struct rex_object *object;
	struct elf_file good;
	struct bpf_map *map;
	char log[4096];

	libbpf_set_print(no_line);
	rex_set_print(keep_line);
	elf_file_read(&good, GOOD_OBJECT);

	/* Its maps serve for all, and it shows that the file is good. */
	object = rex_object__open_mem(good.bytes, good.size, &opts);
	if (!object || rex_object__load(object))
		die("the good object does not load: %s", printed);
	bpf_object__for_each_map(map, rex_object__bpf_object(object))
		map_fds[i++] = bpf_map__fd(map);
	err = load_raw(&good, map_fds, log, sizeof(log));
	if (err)
		die("the good object does not load: %s: %s", strerror(err),
		    log);

	no_such_file();
	for (size_t n = 0; n < ARRAY_SIZE(bad_files); n++)
		try(&bad_files[n], &good, map_fds);

	rex_object__close(object);
	elf_file_free(&good);
	if (checks_failed)
		printf("%d checks failed\n", checks_failed);
	return checks_failed ? 1 : 0;
}
