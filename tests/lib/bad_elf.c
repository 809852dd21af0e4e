// SPDX-License-Identifier: GPL-2.0
/* What is wrong with an ELF file as such: its headers, segments and sections. */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include <linux/bpf.h>

#include "bad_file.h"
#include "check.h"

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

static void no_progs_section(struct elf_file *file)
{
	elf_hide_section(file, ".rex.progs");
}

static void no_license(struct elf_file *file)
{
	elf_hide_section(file, "license");
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

const struct bad_file bad_elf[] = {
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
};

const size_t bad_elf_cnt = ARRAY_SIZE(bad_elf);
