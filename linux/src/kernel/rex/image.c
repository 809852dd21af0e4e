// SPDX-License-Identifier: GPL-2.0
/*
 * The memory of an object.
 *
 * One area in the range of modules, so that the kernel is within reach of a
 * rel32 and the object's parts are at the distances that the linker chose:
 *
 *	base			thunks, 64 bytes each		r-x
 *	base + pages of thunks	first segment, such as rodata	r--
 *	...			text				r-x
 *	...			relro: tables, GOT, handles	rw-, then r--
 *	...			data and bss			rw-
 *
 * A file whose first segment is at 0 and that uses three kernel functions
 * thus has its address 0x1000 at base + 0x2000.
 *
 * All of it is written while nothing of it can run, and what can run is never
 * written again: execmem on x86 gives out memory that is not executable, and
 * set_memory_rox() takes away the one right as it gives the other.
 */
#include <linux/bpf.h>
#include <linux/execmem.h>
#include <linux/filter.h>
#include <linux/mm.h>
#include <linux/set_memory.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/text-patching.h>

#include "elf.h"
#include "image.h"
#include "link.h"
#include "log.h"

static int rex_image_alloc(struct rex_link *link)
{
	const struct rex_elf *elf = link->elf;
	struct rex_image *img = link->img;
	u32 thunks = PAGE_ALIGN(img->thunk_cnt * REX_THUNK_SIZE);
	u32 size = thunks + (elf->high - elf->low);
	int err;

	err = bpf_jit_charge_modmem(size);
	if (err) {
		rex_log(link->log,
			"its image of %u bytes is over what remains of the limit for native code: raise the sysctl net.core.bpf_jit_limit",
			size);
		return err;
	}
	img->base = execmem_alloc(EXECMEM_BPF, size);
	if (!img->base) {
		bpf_jit_uncharge_modmem(size);
		return -ENOMEM;
	}
	img->size = size;
	img->bias = (unsigned long)img->base + thunks - elf->low;
	img->text_start = (unsigned long)img->base;

	memset(img->base, INT3_INSN_OPCODE, thunks);
	memset(img->base + thunks, 0, size - thunks);
	return 0;
}

static void rex_image_fill(struct rex_link *link)
{
	const struct rex_elf *elf = link->elf;
	u32 i;

	for (i = 0; i < elf->segment_cnt; i++) {
		const struct rex_segment *seg = &elf->segments[i];
		void *to = rex_link_ptr(link, seg->addr);

		memcpy(to, elf->bytes + seg->offset, seg->file_size);
		if (seg->flags & PF_X) {
			memset(to + seg->file_size, INT3_INSN_OPCODE,
			       PAGE_ALIGN(seg->size) - seg->file_size);
			link->img->text_end =
				(unsigned long)to + PAGE_ALIGN(seg->size);
		}
	}
}

static int rex_image_protect(struct rex_link *link)
{
	const struct rex_elf *elf = link->elf;
	struct rex_image *img = link->img;
	u32 thunks = img->thunk_cnt * REX_THUNK_SIZE;
	int err = 0;
	u32 i;

	if (thunks)
		err = set_memory_rox((unsigned long)img->base,
				     PFN_UP(thunks));
	for (i = 0; i < elf->segment_cnt && !err; i++) {
		const struct rex_segment *seg = &elf->segments[i];
		unsigned long addr = img->bias + seg->addr;

		if (seg->flags & PF_X)
			err = set_memory_rox(addr, PFN_UP(seg->size));
		else if (!(seg->flags & PF_W))
			err = set_memory_ro(addr, PFN_UP(seg->size));
	}
	if (elf->relro_end > elf->relro_start && !err)
		err = set_memory_ro(img->bias + elf->relro_start,
				    PFN_DOWN(elf->relro_end -
					     elf->relro_start));
	return err;
}

/* Names of the thunks, for stack traces. */
static int rex_image_name_thunks(struct rex_link *link)
{
	struct rex_image *img = link->img;
	u32 i;

	if (!img->thunk_cnt)
		return 0;
	img->thunks = kcalloc(img->thunk_cnt, sizeof(*img->thunks),
			      GFP_KERNEL_ACCOUNT);
	if (!img->thunks)
		return -ENOMEM;
	for (i = 0; i < link->linked_cnt; i++)
		if (link->linked[i].kind != REX_LINKED_DATA)
			img->thunks[link->linked[i].thunk] =
				link->linked[i].name;
	return 0;
}

static int rex_image_link(struct rex_link *link, struct bpf_map *const *maps,
			  u32 map_cnt)
{
	const struct rex_elf *elf = link->elf;
	struct rex_image *img = link->img;
	int err;

	err = rex_link_collect(link);
	if (err)
		return err;
	err = rex_image_alloc(link);
	if (err)
		return err;
	rex_image_fill(link);
	err = rex_link_relocate(link);
	if (err)
		return err;

	/* What writes to the image first, then what only reads it. */
	err = rex_link_maps(link, maps, map_cnt);
	if (err)
		return err;
	err = rex_link_progs(link);
	if (err)
		return err;
	err = rex_link_imports(link);
	if (err)
		return err;
	err = rex_link_names(link);
	if (err)
		return err;
	err = rex_image_name_thunks(link);
	if (err)
		return err;
	strscpy(img->license, rex_elf_data(elf, elf->license),
		sizeof(img->license));

	return rex_image_protect(link);
}

/**
 * rex_image_create() - bring an object into memory, ready to run
 * @img: filled in; zero before
 * @elf: the object's file
 * @maps: the maps that it uses, in the order of its .rex.maps
 * @map_cnt: how many
 * @log: where the reason of a refusal goes
 *
 * The caller calls rex_image_destroy() whatever this returns.
 *
 * Context: process context, may sleep.
 * Return: 0; -EINVAL where the object is malformed, or a map not the one it
 * was compiled for; -ENOENT where it uses a symbol that is not for
 * extensions; -E2BIG, -EPERM, -ENOMEM.
 */
int rex_image_create(struct rex_image *img, const struct rex_elf *elf,
		     struct bpf_map *const *maps, u32 map_cnt,
		     struct rex_log *log)
{
	struct rex_link link = {
		.elf = elf,
		.img = img,
		.log = log,
	};
	int err = -ENOMEM;

	link.linked = kvcalloc(REX_MAX_LINKED, sizeof(*link.linked),
			       GFP_KERNEL_ACCOUNT);
	link.dynsym_linked = kvcalloc(elf->dynsym.count, sizeof(u16),
				      GFP_KERNEL_ACCOUNT);
	link.symtab_linked = kvcalloc(elf->symtab.count, sizeof(u16),
				      GFP_KERNEL_ACCOUNT);
	link.patched = kvcalloc(BITS_TO_LONGS(elf->high - elf->low),
				sizeof(long), GFP_KERNEL_ACCOUNT);
	if (link.linked && link.dynsym_linked && link.symtab_linked &&
	    link.patched)
		err = rex_image_link(&link, maps, map_cnt);

	kvfree(link.patched);
	kvfree(link.symtab_linked);
	kvfree(link.dynsym_linked);
	kvfree(link.linked);
	return err;
}

/**
 * rex_image_destroy() - free the memory of an object
 * @img: the image; zero, or what rex_image_create() left
 *
 * Context: process context, may sleep; nothing of the object runs any more.
 */
void rex_image_destroy(struct rex_image *img)
{
	kvfree(img->names);
	kvfree(img->imports);
	kvfree(img->maps);
	kvfree(img->progs);
	kfree(img->thunks);
	if (img->base) {
		execmem_free(img->base);
		bpf_jit_uncharge_modmem(img->size);
	}
	memset(img, 0, sizeof(*img));
}
