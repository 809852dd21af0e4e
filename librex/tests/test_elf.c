// SPDX-License-Identifier: GPL-2.0
/*
 * Objects with something wrong in them: each is refused with its errno, and one
 * line that says where, what and what to do.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include <librex.h>

#include "capture.h"
#include "fixture.h"

/* The ELF file */

static void empty(struct fixture *f)
{
	f->size = 0;
}

static void text_file(struct fixture *f)
{
	memcpy(f->data, "#!/bin/sh", 9);
}

static void cut_in_ident(struct fixture *f)
{
	f->size = 10;
}

static void cut_in_header(struct fixture *f)
{
	f->size = 40;
}

static void cut_in_half(struct fixture *f)
{
	f->size /= 2;
}

static void bits_32(struct fixture *f)
{
	fixture_ehdr(f)->e_ident[EI_CLASS] = ELFCLASS32;
}

static void big_endian(struct fixture *f)
{
	fixture_ehdr(f)->e_ident[EI_DATA] = ELFDATA2MSB;
}

static void other_machine(struct fixture *f)
{
	fixture_ehdr(f)->e_machine = EM_AARCH64;
}

static void relocatable(struct fixture *f)
{
	fixture_ehdr(f)->e_type = ET_REL;
}

static void executable(struct fixture *f)
{
	fixture_ehdr(f)->e_type = ET_EXEC;
}

static void section_table_outside(struct fixture *f)
{
	fixture_ehdr(f)->e_shoff = 0xfffffffffffffff0;
}

static void no_section_table(struct fixture *f)
{
	fixture_ehdr(f)->e_shoff = 0;
	fixture_ehdr(f)->e_shnum = 0;
	fixture_ehdr(f)->e_shstrndx = 0;
}

static void section_outside(struct fixture *f)
{
	fixture_section(f, ".rex.progs")->sh_offset = f->size;
}

static void section_size_overflows(struct fixture *f)
{
	fixture_section(f, ".rex.progs")->sh_size = -8;
}

/* Programs */

static void no_progs(struct fixture *f)
{
	fixture_section(f, ".rex.progs")->sh_name++;
}

static void progs_empty(struct fixture *f)
{
	fixture_section(f, ".rex.progs")->sh_size = 0;
}

static void progs_without_content(struct fixture *f)
{
	fixture_section(f, ".rex.progs")->sh_type = SHT_NOBITS;
}

static void progs_odd_size(struct fixture *f)
{
	fixture_section(f, ".rex.progs")->sh_size--;
}

static void progs_twice(struct fixture *f)
{
	fixture_section(f, ".text")->sh_name =
		fixture_section(f, ".rex.progs")->sh_name;
}

static void too_many_progs(struct fixture *f)
{
	size_t cnt = 1025;
	struct rex_prog_desc *progs = calloc(cnt, sizeof(*progs));

	fixture_free(f);
	*f = fixture_new(progs, cnt, NULL, 0);
	free(progs);
}

static void same_prog_names(struct fixture *f)
{
	strcpy(fixture_progs(f)[3].name, "inject");
}

static void prog_name_empty(struct fixture *f)
{
	fixture_progs(f)[0].name[0] = 0;
}

static void prog_name_unterminated(struct fixture *f)
{
	memset(fixture_progs(f)[0].name, 'a', REX_NAME_LEN);
}

static void prog_name_with_newline(struct fixture *f)
{
	strcpy(fixture_progs(f)[0].name, "a\nrex: all is well");
}

static void prog_name_begins_with_digit(struct fixture *f)
{
	strcpy(fixture_progs(f)[0].name, "1st");
}

static void unknown_hook(struct fixture *f)
{
	strcpy(fixture_progs(f)[1].section, "kprobes");
}

static void hook_without_counterpart(struct fixture *f)
{
	strcpy(fixture_progs(f)[1].section, "fentry/do_exit");
}

static void hook_empty(struct fixture *f)
{
	fixture_progs(f)[1].section[0] = 0;
}

static void hook_unterminated(struct fixture *f)
{
	memset(fixture_progs(f)[1].section, '/', REX_SECTION_LEN);
	memcpy(fixture_progs(f)[1].section, "kprobe", 6);
}

static void hook_with_newline(struct fixture *f)
{
	strcpy(fixture_progs(f)[1].section, "x\nrex: all is well");
}

static void type_of_other_hook(struct fixture *f)
{
	fixture_progs(f)[0].prog_type = BPF_PROG_TYPE_KPROBE;
}

static void type_unknown(struct fixture *f)
{
	fixture_progs(f)[0].prog_type = 12345;
}

static void attach_type_of_other_hook(struct fixture *f)
{
	fixture_progs(f)[4].expected_attach_type = BPF_XDP_DEVMAP;
}

/* Maps */

static void maps_odd_size(struct fixture *f)
{
	fixture_section(f, ".rex.maps")->sh_size -= 8;
}

static void maps_without_content(struct fixture *f)
{
	fixture_section(f, ".rex.maps")->sh_type = SHT_NOBITS;
}

static void same_map_names(struct fixture *f)
{
	strcpy(fixture_maps(f)[1].name, "pid_to_errno");
}

static void map_name_invalid(struct fixture *f)
{
	strcpy(fixture_maps(f)[2].name, "not-this");
}

static void no_relocations(struct fixture *f)
{
	fixture_section(f, ".rela.dyn")->sh_size = 0;
}

static void relocation_of_other_type(struct fixture *f)
{
	fixture_relas(f)[GOOD_MAPS - 1].r_info =
		ELF64_R_INFO(0, R_X86_64_GLOB_DAT);
}

static void relocations_not_loaded(struct fixture *f)
{
	fixture_section(f, ".rela.dyn")->sh_flags = 0;
}

static void handle_outside(struct fixture *f)
{
	fixture_relas(f)[GOOD_MAPS - 1].r_addend = 0x7fffffff0000;
}

static void handle_across_the_end(struct fixture *f)
{
	Elf64_Shdr *shdr = fixture_section(f, ".data.rel.ro.maps");

	fixture_relas(f)[0].r_addend = shdr->sh_addr + shdr->sh_size -
				       sizeof(struct rex_map_handle) + 1;
}

static void handle_at_the_top(struct fixture *f)
{
	fixture_relas(f)[GOOD_MAPS - 1].r_addend = -1;
}

static void handle_in_bss(struct fixture *f)
{
	fixture_section(f, ".data.rel.ro.maps")->sh_type = SHT_NOBITS;
}

static void map_type_unknown(struct fixture *f)
{
	fixture_handles(f)[0].map_type = 4711;
}

static void map_type_zero(struct fixture *f)
{
	fixture_handles(f)[0].map_type = 0;
}

static void map_key_size(struct fixture *f)
{
	fixture_handles(f)[1].key_size = 8;
}

static void map_key_missing(struct fixture *f)
{
	fixture_handles(f)[0].key_size = 0;
}

static void map_value_missing(struct fixture *f)
{
	fixture_handles(f)[5].value_size = 0;
}

static void map_value_size(struct fixture *f)
{
	fixture_handles(f)[7].value_size = 16;
}

static void map_reserved(struct fixture *f)
{
	fixture_handles(f)[0].reserved = 1;
}

static void map_pointer(struct fixture *f)
{
	fixture_handles(f)[0].map = 0xffffffff81000000;
}

static void types_cut(struct fixture *f)
{
	fixture_section(f, ".rex.types")->sh_size -= 4;
}

static void types_of_odd_size(struct fixture *f)
{
	fixture_types(f)->head.size--;
}

static void types_across_the_end(struct fixture *f)
{
	fixture_types(f)[GOOD_TYPES - 1].head.size += 4;
}

static void types_size_overflows(struct fixture *f)
{
	fixture_types(f)->head.size = ~0u;
}

#define BREAKAGE(name, err, message) { #name, name, err, message }

static const struct breakage {
	const char *name;
	void (*apply)(struct fixture *f);
	int err;
	const char *message;
} breakages[] = {
	BREAKAGE(empty, ENOEXEC, "the file is empty"),
	BREAKAGE(text_file, ENOEXEC, "not an ELF file"),
	BREAKAGE(cut_in_ident, ENOEXEC, "not an ELF file"),
	BREAKAGE(cut_in_header, ENOEXEC, "ELF header: file cut after 40 bytes"),
	BREAKAGE(cut_in_half, ENOEXEC,
		 "ELF header: no section table in the file"),
	BREAKAGE(bits_32, ENOEXEC, "ELF header: not a 64-bit file"),
	BREAKAGE(big_endian, ENOEXEC, "ELF header: not little-endian"),
	BREAKAGE(other_machine, ENOEXEC, "machine 183, expected 62 (x86-64)"),
	BREAKAGE(relocatable, ENOEXEC, "a relocatable file (ET_REL)"),
	BREAKAGE(executable, ENOEXEC, "type 2, expected 3 (ET_DYN)"),
	BREAKAGE(section_table_outside, ENOEXEC,
		 "ELF header: no section table in the file"),
	BREAKAGE(no_section_table, ENOEXEC,
		 "ELF header: no section table in the file"),
	BREAKAGE(section_outside, ENOEXEC, "is not in the file: rebuild"),
	BREAKAGE(section_size_overflows, ENOEXEC,
		 "is not in the file: rebuild"),

	BREAKAGE(no_progs, EINVAL,
		 "section '.rex.progs': there are no programs: mark a function with #[rex_kprobe]"),
	BREAKAGE(progs_empty, EINVAL,
		 "section '.rex.progs': there are no programs"),
	BREAKAGE(progs_without_content, ENOEXEC,
		 "section '.rex.progs': has no content"),
	BREAKAGE(progs_odd_size, ENOEXEC,
		 "section '.rex.progs': size 1511, expected a multiple of 216"),
	BREAKAGE(progs_twice, ENOEXEC, "section '.rex.progs': there are two"),
	BREAKAGE(too_many_progs, E2BIG,
		 "section '.rex.progs': 1025 entries, at most 1024"),
	BREAKAGE(same_prog_names, EINVAL,
		 "section '.rex.progs': symbol 'inject': entries 1 and 3 have this name: rename one"),
	BREAKAGE(prog_name_empty, EINVAL,
		 "section '.rex.progs': entry 0: its name is not a C identifier"),
	BREAKAGE(prog_name_unterminated, EINVAL,
		 "entry 0: its name is not a C identifier of at most 63 characters"),
	BREAKAGE(prog_name_with_newline, EINVAL,
		 "entry 0: its name is not a C identifier"),
	BREAKAGE(prog_name_begins_with_digit, EINVAL,
		 "entry 0: its name is not a C identifier"),
	BREAKAGE(unknown_hook, EINVAL,
		 "symbol 'inject': unknown section name 'kprobes': use one of kprobe, "),
	BREAKAGE(hook_without_counterpart, EINVAL,
		 "symbol 'inject': unknown section name 'fentry/do_exit'"),
	BREAKAGE(hook_empty, EINVAL,
		 "symbol 'inject': unknown section name ''"),
	BREAKAGE(hook_unterminated, EINVAL,
		 "symbol 'inject': unknown section name 'kprobe////"),
	BREAKAGE(hook_with_newline, EINVAL,
		 "unknown section name 'x?rex: all is well'"),
	BREAKAGE(type_of_other_hook, EINVAL,
		 "program 'on_dup': compiled as type 2 (kprobe), but libbpf would attach it to 'tracepoint/syscalls/sys_enter_dup' as type 5 (tracepoint)"),
	BREAKAGE(type_unknown, EINVAL,
		 "program 'on_dup': compiled as type 12345 (unknown)"),
	BREAKAGE(attach_type_of_other_hook, EINVAL,
		 "program 'filter': compiled for attach type 33, but libbpf has 37 for 'xdp'"),

	BREAKAGE(maps_odd_size, ENOEXEC,
		 "section '.rex.maps': size 568, expected a multiple of 72"),
	BREAKAGE(maps_without_content, ENOEXEC,
		 "section '.rex.maps': has no content"),
	BREAKAGE(same_map_names, EINVAL,
		 "section '.rex.maps': symbol 'pid_to_errno': entries 0 and 1 have this name"),
	BREAKAGE(map_name_invalid, EINVAL,
		 "section '.rex.maps': entry 2: its name is not a C identifier"),
	BREAKAGE(no_relocations, EINVAL,
		 "symbol 'pid_to_errno': no relocation gives its address"),
	BREAKAGE(relocation_of_other_type, EINVAL,
		 "symbol 'pid_to_errno': no relocation gives its address"),
	BREAKAGE(relocations_not_loaded, EINVAL,
		 "symbol 'pid_to_errno': no relocation gives its address"),
	BREAKAGE(handle_outside, EINVAL,
		 "symbol 'pid_to_errno': its 32 bytes at 0x7fffffff0000 are not in the file"),
	BREAKAGE(handle_across_the_end, EINVAL,
		 "symbol 'records': its 32 bytes at "),
	BREAKAGE(handle_at_the_top, EINVAL,
		 "symbol 'pid_to_errno': its 32 bytes at 0xffffffffffffffff are not in the file"),
	BREAKAGE(handle_in_bss, EINVAL,
		 "symbol 'pid_to_errno': its 32 bytes at "),
	BREAKAGE(map_type_unknown, EINVAL,
		 "symbol 'pid_to_errno': unknown map type 4711"),
	BREAKAGE(map_type_zero, EINVAL,
		 "symbol 'pid_to_errno': unknown map type 0"),
	BREAKAGE(map_key_size, EINVAL,
		 "symbol 'counts': key size 8, expected 4: a map of type array needs a key of 4 bytes"),
	BREAKAGE(map_key_missing, EINVAL,
		 "symbol 'pid_to_errno': key size 0, but a map of type hash needs one"),
	BREAKAGE(map_value_missing, EINVAL,
		 "symbol 'todo': value size 0, but a map of type queue needs one"),
	BREAKAGE(map_value_size, EINVAL,
		 "symbol 'records': value size 16, expected 0"),
	BREAKAGE(map_reserved, EINVAL,
		 "symbol 'pid_to_errno': bytes that must be 0 are not"),
	BREAKAGE(map_pointer, EINVAL,
		 "symbol 'pid_to_errno': bytes that must be 0 are not"),

	BREAKAGE(types_cut, EINVAL,
		 "section '.rex.types': entry at 328: not whole"),
	BREAKAGE(types_of_odd_size, EINVAL,
		 "section '.rex.types': entry at 163: not whole"),
	BREAKAGE(types_across_the_end, EINVAL,
		 "section '.rex.types': entry at 328: not whole"),
	BREAKAGE(types_size_overflows, EINVAL,
		 "section '.rex.types': entry at 0: not whole"),
};

#define BREAKAGES (sizeof(breakages) / sizeof(breakages[0]))

static void refused(void **state)
{
	const struct breakage *b = *state;
	struct fixture f = fixture_good();
	unsigned char *image;

	b->apply(&f);
	/* As long as the object is now: ASan watches the end. */
	image = malloc(f.size);
	memcpy(image, f.data, f.size);

	errno = 0;
	assert_null(rex_object__open_mem(image, f.size, NULL));
	assert_int_equal(errno, b->err);
	assert_one_error(b->message);
	assert_ptr_equal(strstr(captured, "rex: object 'memory': "), captured);
	free(image);
	fixture_free(&f);
}

int main(void)
{
	struct CMUnitTest tests[BREAKAGES];

	for (size_t i = 0; i < BREAKAGES; i++)
		tests[i] = (struct CMUnitTest){
			.name = breakages[i].name,
			.test_func = refused,
			.setup_func = capture_setup,
			.teardown_func = capture_teardown,
			.initial_state = (void *)&breakages[i],
		};
	return cmocka_run_group_tests_name("refused objects", tests, NULL,
					   NULL);
}
