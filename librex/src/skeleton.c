// SPDX-License-Identifier: GPL-2.0
/*
 * The BPF object file that makes libbpf do most of the work: it creates the
 * maps, knows the hooks, and attaches. Its programs are placeholders; each
 * one's file descriptor is replaced by that of the Rex program of this name.
 *
 *	license   "GPL"
 *	.BTF      describes .maps
 *	.maps     zeros, some for each map
 *	tracepoint/syscalls/sys_enter_dup, xdp, ...
 *	          one section for each program: its placeholder
 *	.symtab   a symbol for each map and each program
 *	.strtab   names of sections and symbols
 */
#include <elf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/btf.h>

#include "btf.h"
#include "log.h"
#include "skeleton.h"

/* Index of the section that the others put their names into. */
#define STRTAB 1

static const struct bpf_insn placeholder[] = {
	{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
	{ .code = BPF_JMP | BPF_EXIT },
};

struct writer {
	struct rex_buf *out;
	struct rex_buf strtab;
	struct rex_buf symtab;
	Elf64_Shdr *shdrs;
	int shnum;
};

static Elf64_Shdr begin_section(struct writer *w, const char *name, int type,
				int flags)
{
	rex_buf_align(w->out, 8);
	return (Elf64_Shdr){
		.sh_name = rex_buf_add_string(&w->strtab, name),
		.sh_type = type,
		.sh_flags = flags,
		.sh_offset = w->out->len,
		.sh_addralign = 8,
	};
}

/* Adds a section and returns its index. */
static int add_section(struct writer *w, const char *name, int type, int flags,
		       const void *data, size_t size)
{
	Elf64_Shdr shdr = begin_section(w, name, type, flags);

	rex_buf_add(w->out, data, size);
	shdr.sh_size = size;
	w->shdrs[w->shnum] = shdr;
	return w->shnum++;
}

static void add_symbol(struct writer *w, const char *name, int type,
		       int section, size_t value, size_t size)
{
	Elf64_Sym sym = {
		.st_name = rex_buf_add_string(&w->strtab, name),
		.st_info = ELF64_ST_INFO(STB_GLOBAL, type),
		.st_shndx = section,
		.st_value = value,
		.st_size = size,
	};

	rex_buf_add(&w->symtab, &sym, sizeof(sym));
}

static int add_btf(struct writer *w, const struct rex_elf *elf)
{
	const void *data;
	__u32 size;
	struct btf *btf;

	btf = rex_btf_new(elf);
	if (!btf)
		return -errno;
	data = btf__raw_data(btf, &size);
	if (data)
		add_section(w, ".BTF", SHT_PROGBITS, 0, data, size);
	btf__free(btf);
	return data ? 0 : -ENOMEM;
}

static void add_maps(struct writer *w, const struct rex_elf *elf)
{
	struct rex_buf zeros = { 0 };
	int section;

	rex_buf_add_zeros(&zeros, elf->map_cnt * REX_BTF_MAP_SIZE);
	section = add_section(w, ".maps", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE,
			      zeros.data, zeros.len);
	w->out->failed |= zeros.failed;
	rex_buf_free(&zeros);

	for (size_t i = 0; i < elf->map_cnt; i++)
		add_symbol(w, elf->maps[i].name, STT_OBJECT, section,
			   i * REX_BTF_MAP_SIZE, REX_BTF_MAP_SIZE);
}

static void add_prog(struct writer *w, const struct rex_prog_desc *prog)
{
	int section = add_section(w, prog->section, SHT_PROGBITS,
				  SHF_ALLOC | SHF_EXECINSTR, placeholder,
				  sizeof(placeholder));

	add_symbol(w, prog->name, STT_FUNC, section, 0, sizeof(placeholder));
}

/* To be called last: the other sections put names and symbols there. */
static void add_tables(struct writer *w)
{
	Elf64_Shdr *symtab, strtab;
	int index;

	index = add_section(w, ".symtab", SHT_SYMTAB, 0, w->symtab.data,
			    w->symtab.len);
	symtab = &w->shdrs[index];
	symtab->sh_link = STRTAB;
	symtab->sh_info = 1; /* the first global one */
	symtab->sh_entsize = sizeof(Elf64_Sym);

	strtab = begin_section(w, ".strtab", SHT_STRTAB, 0);
	rex_buf_add(w->out, w->strtab.data, w->strtab.len);
	strtab.sh_size = w->strtab.len;
	w->shdrs[STRTAB] = strtab;
}

static void add_header(struct writer *w)
{
	Elf64_Ehdr ehdr = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
			     ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_REL,
		.e_machine = EM_BPF,
		.e_version = EV_CURRENT,
		.e_ehsize = sizeof(ehdr),
		.e_shentsize = sizeof(Elf64_Shdr),
		.e_shnum = w->shnum,
		.e_shstrndx = STRTAB,
	};

	rex_buf_align(w->out, 8);
	ehdr.e_shoff =
		rex_buf_add(w->out, w->shdrs, w->shnum * sizeof(Elf64_Shdr));
	if (!w->out->failed)
		memcpy(w->out->data, &ehdr, sizeof(ehdr));
}

int rex_skeleton_write(const char *object, const struct rex_elf *elf,
		       struct rex_buf *out)
{
	struct writer w = { .out = out, .shnum = STRTAB + 1 };
	int err = -ENOMEM;

	*out = (struct rex_buf){ 0 };
	/* STRTAB and the null section, and four beside those of the programs */
	w.shdrs = calloc(w.shnum + 4 + elf->prog_cnt, sizeof(*w.shdrs));
	if (!w.shdrs)
		goto out_free;

	rex_buf_add_zeros(out, sizeof(Elf64_Ehdr));
	rex_buf_add_string(&w.strtab, "");
	rex_buf_add_zeros(&w.symtab, sizeof(Elf64_Sym));

	add_section(&w, "license", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, "GPL",
		    sizeof("GPL"));
	if (elf->map_cnt) {
		err = add_btf(&w, elf);
		if (err)
			goto out_free;
		add_maps(&w, elf);
	}
	for (size_t i = 0; i < elf->prog_cnt; i++)
		add_prog(&w, &elf->progs[i]);
	add_tables(&w);
	add_header(&w);
	err = out->failed || w.strtab.failed || w.symtab.failed ? -ENOMEM : 0;

out_free:
	free(w.shdrs);
	rex_buf_free(&w.strtab);
	rex_buf_free(&w.symtab);
	if (err) {
		rex_buf_free(out);
		rex_err(object, -err,
			"cannot describe its maps and programs to libbpf: %s",
			strerror(-err));
	}
	return err;
}
