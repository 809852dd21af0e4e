// SPDX-License-Identifier: GPL-2.0
/* What is wrong with an object's own tables: programs, maps, the build note. */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include <linux/bpf.h>

#include "bad_file.h"
#include "check.h"

static void no_note(struct elf_file *file)
{
	elf_hide_section(file, ".note.rex");
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

const struct bad_file bad_tables[] = {
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
};

const size_t bad_tables_cnt = ARRAY_SIZE(bad_tables);
