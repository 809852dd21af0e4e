// SPDX-License-Identifier: GPL-2.0
/*
 * The build note: what an object was built for. Its code has offsets of
 * kernel structures in it, so it runs on that kernel only.
 */
#include <linux/elf.h>
#include <linux/string.h>
#include <linux/utsname.h>

#include "elf.h"
#include "frame.h"
#include "layout.h"
#include "log.h"

#define REX_OTHER_KERNEL	"rebuild the extension for this kernel"

/**
 * struct rex_note - a build note in the file
 * @layout: its layout words, which may lie unaligned
 * @fixed: copy of what is before them
 */
struct rex_note {
	const void		*layout;
	struct rex_build_note	fixed;
};

static bool rex_note_matches(const struct rex_note *note)
{
	return note->fixed.abi_version == REX_ABI_VERSION &&
	       !strncmp(note->fixed.release, init_uts_ns.name.release,
			sizeof(note->fixed.release)) &&
	       note->fixed.layout_cnt == REX_LAYOUT_CNT &&
	       !memcmp(note->layout, rex_layout, REX_LAYOUT_CNT * sizeof(u32));
}

/* Say in which respect a note does not match. */
static void rex_note_explain(const struct rex_note *note, struct rex_log *log)
{
	const struct rex_build_note *fixed = &note->fixed;
	u32 i;

	if (fixed->abi_version != REX_ABI_VERSION) {
		rex_log(log,
			"section '.note.rex': ABI version %u, this kernel has %u: "
			REX_OTHER_KERNEL, fixed->abi_version, REX_ABI_VERSION);
		return;
	}
	if (strncmp(fixed->release, init_uts_ns.name.release,
		    sizeof(fixed->release))) {
		rex_log(log,
			"section '.note.rex': built for kernel %.64s, this is %s: "
			REX_OTHER_KERNEL, fixed->release,
			init_uts_ns.name.release);
		return;
	}
	if (fixed->layout_cnt != REX_LAYOUT_CNT) {
		rex_log(log,
			"section '.note.rex': %u words of structure layout, this kernel has %u: "
			REX_OTHER_KERNEL, fixed->layout_cnt, REX_LAYOUT_CNT);
		return;
	}
	for (i = 0; i < REX_LAYOUT_CNT; i++) {
		u32 word;

		memcpy(&word, note->layout + i * sizeof(word), sizeof(word));
		if (word == rex_layout[i])
			continue;
		rex_log(log,
			"section '.note.rex': %s of %s is %u, in this kernel it is %u: "
			REX_OTHER_KERNEL, i % 2 ? "size" : "offset",
			rex_layout_names[i / 2], word, rex_layout[i]);
		return;
	}
}

/*
 * Read the ELF note that starts at @p, of at most @size bytes. @note is
 * filled in where it is a build note, and its @layout is NULL otherwise.
 *
 * Returns the bytes up to the next note, or 0 where it is malformed.
 */
static u64 rex_note_read(struct rex_note *note, const void *p, u64 size)
{
	const size_t fixed = offsetof(struct rex_build_note, layout);
	u64 name_size, desc_size;
	Elf64_Nhdr hdr;

	note->layout = NULL;
	if (size < sizeof(hdr))
		return 0;
	memcpy(&hdr, p, sizeof(hdr));
	name_size = ALIGN((u64)hdr.n_namesz, 4);
	desc_size = ALIGN((u64)hdr.n_descsz, 4);
	if (name_size + desc_size > size - sizeof(hdr))
		return 0;

	p += sizeof(hdr);
	if (hdr.n_type == REX_NOTE_BUILD &&
	    hdr.n_namesz == sizeof(REX_NOTE_NAME) &&
	    !memcmp(p, REX_NOTE_NAME, sizeof(REX_NOTE_NAME))) {
		p += name_size;
		if (hdr.n_descsz < fixed)
			return 0;
		memcpy(&note->fixed, p, fixed);
		if (hdr.n_descsz - fixed !=
		    (u64)note->fixed.layout_cnt * sizeof(u32))
			return 0;
		note->layout = p + fixed;
	}
	return sizeof(hdr) + name_size + desc_size;
}

/* The linker refuses such an object; only here is it known for sure. */
static int rex_note_stack(struct rex_elf *elf, const struct rex_build_note *note,
			  struct rex_log *log)
{
	if (note->stack_depth > REX_STACK_PROG ||
	    note->stack_slack > REX_STACK_SLACK) {
		rex_log(log,
			"section '.note.rex': %u bytes of stack, %u of them between two checks; the limits are %u and %u: build the object with cargo and rex-ld",
			note->stack_depth, note->stack_slack,
			(u32)REX_STACK_PROG, (u32)REX_STACK_SLACK);
		return -EINVAL;
	}
	elf->stack_depth = note->stack_depth;
	elf->stack_slack = note->stack_slack;
	return 0;
}

/**
 * rex_note_check() - check that an object was built for this kernel
 * @elf: the object; its sections are checked, its stack figures filled in
 * @log: where the reason of a refusal goes
 *
 * An object may carry several notes, for several kernels; one has to match.
 *
 * Return: 0; -ENOEXEC where no note matches or none is there, -EINVAL where
 * a note is malformed, or says that the object takes too much stack.
 */
int rex_note_check(struct rex_elf *elf, struct rex_log *log)
{
	struct rex_note note, other = {};
	u32 i;

	for (i = 0; i < elf->section_cnt; i++) {
		const Elf64_Shdr *sh = &elf->sections[i];
		u64 pos = 0;

		if (sh->sh_type != SHT_NOTE ||
		    strcmp(rex_elf_name(elf, sh), ".note.rex"))
			continue;

		while (pos < sh->sh_size) {
			u64 step = rex_note_read(&note,
						 rex_elf_data(elf, sh) + pos,
						 sh->sh_size - pos);

			if (!step) {
				rex_log(log,
					"section '.note.rex': malformed note at 0x%llx: build the object with cargo and rex-ld",
					pos);
				return -EINVAL;
			}
			pos += step;
			if (!note.layout)
				continue;
			if (rex_note_matches(&note))
				return rex_note_stack(elf, &note.fixed, log);
			other = note;
		}
	}

	if (other.layout)
		rex_note_explain(&other, log);
	else
		rex_log(log,
			"section '.note.rex': no build note, so it is not known what the object was built for: build it with cargo and rex-ld");
	return -ENOEXEC;
}
