// SPDX-License-Identifier: GPL-2.0
/*
 * File offsets and addresses differ by ADDR_BASE, so that code that takes one
 * for the other finds nothing.
 */
#include <linux/bpf.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../src/buf.h"
#include "fixture.h"

#define ADDR_BASE 0x10000

const struct rex_prog_desc good_progs[GOOD_PROGS] = {
	{ "on_dup", "tracepoint/syscalls/sys_enter_dup",
	  BPF_PROG_TYPE_TRACEPOINT, 0, 64, 0, 0 },
	{ "inject", "kprobe", BPF_PROG_TYPE_KPROBE, 0, 0, 0, 0 },
	{ "on_seccomp", "kprobe/__seccomp_filter", BPF_PROG_TYPE_KPROBE, 0, 0,
	  0, 0 },
	{ "sample", "perf_event", BPF_PROG_TYPE_PERF_EVENT, 0, 0, 0, 0 },
	{ "filter", "xdp", BPF_PROG_TYPE_XDP, BPF_XDP, 0, 0, 0 },
	/* two in one section */
	{ "ingress", "tc", BPF_PROG_TYPE_SCHED_CLS, 0, 0, 0, 0 },
	{ "egress", "tc", BPF_PROG_TYPE_SCHED_CLS, 0, 0, 0, 0 },
};

const struct rex_elf_map good_maps[GOOD_MAPS] = {
	{ "pid_to_errno", { BPF_MAP_TYPE_HASH, 4, 8, 1, 0, 0, 0 }, NULL },
	{ "counts",
	  { BPF_MAP_TYPE_ARRAY, 4, 24, 256, BPF_F_MMAPABLE, 0, 0 },
	  NULL },
	{ "counts_percpu",
	  { BPF_MAP_TYPE_PERCPU_ARRAY, 4, 8, 1, 0, 0, 0 },
	  NULL },
	{ "events", { BPF_MAP_TYPE_PERF_EVENT_ARRAY, 4, 4, 0, 0, 0, 0 }, NULL },
	{ "stacks",
	  { BPF_MAP_TYPE_STACK_TRACE, 4, 1016, 10000, 0, 0, 0 },
	  NULL },
	{ "todo", { BPF_MAP_TYPE_QUEUE, 0, 4, 10, 0, 0, 0 }, NULL },
	{ "undo", { BPF_MAP_TYPE_STACK, 0, 4, 10, 0, 0, 0 }, NULL },
	{ "records", { BPF_MAP_TYPE_RINGBUF, 0, 0, 4096, 0, 0, 0 }, NULL },
};

struct layout {
	struct rex_buf out;
	struct rex_buf names;
	Elf64_Shdr shdrs[10];
	int shnum;
};

static Elf64_Shdr *add(struct layout *l, const char *name, int type, int flags,
		       const void *data, size_t size)
{
	Elf64_Shdr *shdr = &l->shdrs[l->shnum++];

	rex_buf_align(&l->out, 8);
	*shdr = (Elf64_Shdr){
		.sh_name = rex_buf_add_string(&l->names, name),
		.sh_type = type,
		.sh_flags = flags,
		.sh_offset = rex_buf_add(&l->out, data, size),
		.sh_size = size,
		.sh_addralign = 8,
	};
	if (flags & SHF_ALLOC)
		shdr->sh_addr = ADDR_BASE + shdr->sh_offset;
	return shdr;
}

static void add_maps(struct layout *l, const struct rex_elf_map *maps,
		     size_t cnt)
{
	struct rex_map_handle *handles = calloc(cnt, sizeof(*handles));
	struct rex_map_desc *descs = calloc(cnt, sizeof(*descs));
	Elf64_Rela *relas = calloc(cnt, sizeof(*relas));
	__u64 descs_addr, handles_addr;

	for (size_t i = 0; i < cnt; i++) {
		memcpy(descs[i].name, maps[i].name, sizeof(descs[i].name));
		handles[i] = maps[i].handle;
	}
	handles_addr =
		add(l, ".data.rel.ro.maps", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE,
		    handles, cnt * sizeof(*handles))
			->sh_addr;
	descs_addr = add(l, ".rex.maps", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE,
			 descs, cnt * sizeof(*descs))
			     ->sh_addr;

	/* Not in the order of the entries: a linker sorts as it likes. */
	for (size_t i = 0; i < cnt; i++) {
		size_t to = cnt - 1 - i;

		relas[i].r_offset = descs_addr + to * sizeof(*descs) +
				    offsetof(struct rex_map_desc, handle);
		relas[i].r_info = ELF64_R_INFO(0, R_X86_64_RELATIVE);
		relas[i].r_addend = handles_addr + to * sizeof(*handles);
	}
	add(l, ".rela.dyn", SHT_RELA, SHF_ALLOC, relas, cnt * sizeof(*relas))
		->sh_entsize = sizeof(*relas);

	free(handles);
	free(descs);
	free(relas);
}

static bool has_keys(const struct rex_elf_map *map)
{
	switch (map->handle.map_type) {
	case BPF_MAP_TYPE_HASH:
	case BPF_MAP_TYPE_ARRAY:
	case BPF_MAP_TYPE_PERCPU_ARRAY:
		return true;
	default:
		return false;
	}
}

static void add_types(struct layout *l, const struct rex_elf_map *maps,
		      size_t cnt)
{
	static const struct fixture_types model = {
		.head = { .key = 1,
			  .value = 3,
			  .size = sizeof(model) - sizeof(model.head) },
		.btf = { BTF_MAGIC, BTF_VERSION, 0, sizeof(model.btf), 0, 56,
			 56, sizeof(model.strings) },
		.key = { 1, BTF_KIND_INT << 24, 4, 32 },
		.byte = { 5, BTF_KIND_INT << 24, 1, 8 },
		.value = { 0, BTF_KIND_ARRAY << 24, 0, 2, 1, 0 },
		.strings = "\0u32\0u8",
	};
	struct fixture_types *types = calloc(cnt, sizeof(*types));
	size_t n = 0;

	for (size_t i = 0; i < cnt; i++) {
		if (!has_keys(&maps[i]))
			continue;
		types[n] = model;
		memcpy(types[n].head.name, maps[i].name,
		       sizeof(types[n].head.name));
		types[n++].value[5] = maps[i].handle.value_size;
	}
	add(l, ".rex.types", SHT_PROGBITS, 0, types, n * sizeof(*types));
	free(types);
}

struct fixture fixture_new(const struct rex_prog_desc *progs, size_t prog_cnt,
			   const struct rex_elf_map *maps, size_t map_cnt)
{
	static const unsigned char text[64] = { 0xf3, 0x0f, 0x1e, 0xfa, 0xc3 };
	struct layout l = { .shnum = 1 };
	Elf64_Ehdr ehdr = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
			     ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_DYN,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_ehsize = sizeof(ehdr),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_shentsize = sizeof(Elf64_Shdr),
	};

	rex_buf_add_zeros(&l.out, sizeof(ehdr));
	rex_buf_add_string(&l.names, "");
	add(&l, ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, text,
	    sizeof(text));
	add(&l, ".rex.progs", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, progs,
	    prog_cnt * sizeof(*progs));
	if (map_cnt) {
		add_maps(&l, maps, map_cnt);
		add_types(&l, maps, map_cnt);
	}
	add(&l, ".debug_info", SHT_PROGBITS, 0, "debug", 5);
	ehdr.e_shstrndx = l.shnum;
	rex_buf_add_string(&l.names, ".shstrtab");
	add(&l, ".shstrtab", SHT_STRTAB, 0, l.names.data, l.names.len)->sh_name =
		l.names.len - sizeof(".shstrtab");
	rex_buf_align(&l.out, 8);
	ehdr.e_shnum = l.shnum;
	ehdr.e_shoff =
		rex_buf_add(&l.out, l.shdrs, l.shnum * sizeof(Elf64_Shdr));
	memcpy(l.out.data, &ehdr, sizeof(ehdr));
	rex_buf_free(&l.names);

	/* As long as it is, not longer: ASan watches the end. */
	return (struct fixture){ realloc(l.out.data, l.out.len), l.out.len };
}

struct fixture fixture_good(void)
{
	return fixture_new(good_progs, GOOD_PROGS, good_maps, GOOD_MAPS);
}

void fixture_free(struct fixture *f)
{
	free(f->data);
	*f = (struct fixture){ 0 };
}

Elf64_Ehdr *fixture_ehdr(struct fixture *f)
{
	return (Elf64_Ehdr *)f->data;
}

Elf64_Shdr *fixture_section(struct fixture *f, const char *name)
{
	Elf64_Ehdr *ehdr = fixture_ehdr(f);
	Elf64_Shdr *shdrs = (Elf64_Shdr *)(f->data + ehdr->e_shoff);
	char *names = (char *)f->data + shdrs[ehdr->e_shstrndx].sh_offset;

	for (int i = 1; i < ehdr->e_shnum; i++)
		if (!strcmp(names + shdrs[i].sh_name, name))
			return &shdrs[i];
	abort();
}

void *fixture_content(struct fixture *f, const char *name)
{
	return f->data + fixture_section(f, name)->sh_offset;
}

struct rex_prog_desc *fixture_progs(struct fixture *f)
{
	return fixture_content(f, ".rex.progs");
}

struct rex_map_desc *fixture_maps(struct fixture *f)
{
	return fixture_content(f, ".rex.maps");
}

struct rex_map_handle *fixture_handles(struct fixture *f)
{
	return fixture_content(f, ".data.rel.ro.maps");
}

Elf64_Rela *fixture_relas(struct fixture *f)
{
	return fixture_content(f, ".rela.dyn");
}

struct fixture_types *fixture_types(struct fixture *f)
{
	return fixture_content(f, ".rex.types");
}

char *fixture_write(const struct fixture *f)
{
	char *path = strdup("/tmp/librex-test-XXXXXX");
	int fd = mkstemp(path);

	if (fd < 0 || write(fd, f->data, f->size) != (ssize_t)f->size)
		abort();
	close(fd);
	return path;
}
