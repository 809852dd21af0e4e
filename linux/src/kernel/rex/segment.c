// SPDX-License-Identifier: GPL-2.0
/*
 * Checks the segments of an object's file: what of it is in memory, where,
 * and with which protection.
 */
#include <linux/elf.h>
#include <linux/mm.h>
#include <linux/overflow.h>

#include "elf.h"
#include "log.h"

static int rex_elf_segment_check(const struct rex_elf *elf, u32 index,
				 const Elf64_Phdr *ph, struct rex_log *log)
{
	const char *wrong;
	u64 end;

	if (ph->p_flags & ~(PF_R | PF_W | PF_X))
		wrong = "unknown permissions";
	else if ((ph->p_flags & PF_W) && (ph->p_flags & PF_X))
		wrong = "writable and executable";
	else if (!PAGE_ALIGNED(ph->p_vaddr) || !PAGE_ALIGNED(ph->p_offset))
		wrong = "does not start at a page";
	else if (ph->p_filesz > ph->p_memsz)
		wrong = "more bytes in the file than in memory";
	else if (!rex_elf_in_file(elf, ph->p_offset, ph->p_filesz))
		wrong = "reaches past the end of the file";
	else if (check_add_overflow(ph->p_vaddr, ph->p_memsz, &end) ||
		 end > U64_MAX - PAGE_SIZE)
		wrong = "its size overflows";
	else if (elf->segment_cnt && ph->p_vaddr < elf->high)
		wrong = "overlaps the one before, or is out of order";
	else
		return 0;

	rex_log(log, "segment %u at 0x%llx: %s: " REX_REBUILD, index,
		ph->p_vaddr, wrong);
	return -EINVAL;
}

static int rex_elf_load(struct rex_elf *elf, u32 index, const Elf64_Phdr *ph,
			struct rex_log *log)
{
	struct rex_segment *seg;
	int err;

	if (!ph->p_memsz)
		return 0;
	if (elf->segment_cnt == REX_MAX_SEGMENTS) {
		rex_log(log, "segment %u: more than %u segments: " REX_REBUILD,
			index, REX_MAX_SEGMENTS);
		return -E2BIG;
	}
	err = rex_elf_segment_check(elf, index, ph, log);
	if (err)
		return err;

	if (!elf->segment_cnt)
		elf->low = ph->p_vaddr;
	elf->high = PAGE_ALIGN(ph->p_vaddr + ph->p_memsz);
	if (elf->high - elf->low > REX_MAX_IMAGE) {
		rex_log(log,
			"segment %u at 0x%llx: %llu bytes of image, the limit is %u: make its static data smaller, or put it in a map",
			index, ph->p_vaddr, elf->high - elf->low,
			REX_MAX_IMAGE);
		return -E2BIG;
	}

	seg = &elf->segments[elf->segment_cnt++];
	seg->addr = ph->p_vaddr;
	seg->size = ph->p_memsz;
	seg->file_size = ph->p_filesz;
	seg->offset = ph->p_offset;
	seg->flags = ph->p_flags;
	return 0;
}

/*
 * Whole pages become read-only: an end within a page is all right only where
 * the segment ends there too.
 */
static int rex_elf_relro(struct rex_elf *elf, const Elf64_Phdr *ph,
			 struct rex_log *log)
{
	const struct rex_segment *seg;

	seg = rex_elf_segment(elf, ph->p_vaddr, ph->p_memsz);
	if (elf->relro_end || !ph->p_memsz || !PAGE_ALIGNED(ph->p_vaddr) ||
	    !seg || !(seg->flags & PF_W) ||
	    (!PAGE_ALIGNED(ph->p_vaddr + ph->p_memsz) &&
	     ph->p_vaddr + ph->p_memsz != seg->addr + seg->size)) {
		rex_log(log,
			"segment PT_GNU_RELRO at 0x%llx: not the only one, or not whole pages of a writable segment: "
			REX_REBUILD, ph->p_vaddr);
		return -EINVAL;
	}
	elf->relro_start = ph->p_vaddr;
	elf->relro_end = PAGE_ALIGN(ph->p_vaddr + ph->p_memsz);
	return 0;
}

/**
 * rex_elf_segments() - check the segments
 * @elf: the file; its header is checked, its segments are filled in
 * @log: where the reason of a refusal goes
 *
 * Return: 0, -EINVAL where they are malformed, -E2BIG where they are too
 * large or too many.
 */
int rex_elf_segments(struct rex_elf *elf, struct rex_log *log)
{
	const Elf64_Ehdr *eh = elf->bytes;
	const Elf64_Phdr *phdrs = elf->bytes + eh->e_phoff;
	bool executable = false;
	int err = 0;
	u32 i;

	for (i = 0; i < eh->e_phnum && !err; i++)
		if (phdrs[i].p_type == PT_LOAD)
			err = rex_elf_load(elf, i, &phdrs[i], log);
	for (i = 0; i < eh->e_phnum && !err; i++)
		if (phdrs[i].p_type == PT_GNU_RELRO)
			err = rex_elf_relro(elf, &phdrs[i], log);
	if (err)
		return err;

	for (i = 0; i < elf->segment_cnt; i++)
		executable |= elf->segments[i].flags & PF_X;
	if (!executable) {
		rex_log(log,
			"program headers: no executable segment: "
			REX_REBUILD);
		return -EINVAL;
	}
	return 0;
}

/**
 * rex_elf_placed() - check that sections and segments agree
 * @elf: the file; both are known
 * @log: where the reason of a refusal goes
 *
 * Sections that are loaded lie in one segment, and what the file has for the
 * section is what it has for the segment there.
 *
 * Return: 0 or -EINVAL.
 */
int rex_elf_placed(const struct rex_elf *elf, struct rex_log *log)
{
	u32 i;

	for (i = 0; i < elf->section_cnt; i++) {
		const Elf64_Shdr *sh = &elf->sections[i];
		const struct rex_segment *seg;

		if (sh->sh_type == SHT_NULL || !(sh->sh_flags & SHF_ALLOC) ||
		    !sh->sh_size)
			continue;
		seg = rex_elf_segment(elf, sh->sh_addr, sh->sh_size);
		if (!seg ||
		    (sh->sh_type != SHT_NOBITS &&
		     (sh->sh_addr - seg->addr != sh->sh_offset - seg->offset ||
		      sh->sh_addr - seg->addr + sh->sh_size > seg->file_size))) {
			rex_log(log,
				"section '%.64s': 0x%llx bytes at 0x%llx are in no segment: "
				REX_REBUILD, rex_elf_name(elf, sh), sh->sh_size,
				sh->sh_addr);
			return -EINVAL;
		}
	}
	return 0;
}

/**
 * rex_elf_segment() - find the segment that a range lies in
 * @elf: the file
 * @addr: start of the range, an address in the image
 * @size: bytes of the range
 *
 * Return: the segment, or NULL where no single one has all of the range.
 */
const struct rex_segment *rex_elf_segment(const struct rex_elf *elf, u64 addr,
					  u64 size)
{
	u32 i;

	for (i = 0; i < elf->segment_cnt; i++) {
		const struct rex_segment *seg = &elf->segments[i];

		if (addr >= seg->addr && addr - seg->addr <= seg->size &&
		    size <= seg->size - (addr - seg->addr))
			return seg;
	}
	return NULL;
}

