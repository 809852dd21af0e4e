// SPDX-License-Identifier: GPL-2.0
/*
 * Sites: instructions in an object's text that leave it.
 *
 * The linker sends calls of the kernel's functions through the PLT or the
 * GOT. Here each becomes a direct branch to a thunk.
 */
#include <linux/bitmap.h>
#include <linux/string.h>
#include <linux/unaligned.h>
#include <asm/text-patching.h>

#include "../../../kernel/rex/link.h"
#include "../../../kernel/rex/thunk.h"
#include "site.h"

/* From the end of the instruction to the place of its relative operand. */
#define REX_SITE_ADDEND		(-4)

/*
 * Take bytes of text for a change, those of an instruction. No two changes
 * may meet, as the second would look at the outcome of the first.
 */
static u8 *rex_site_take(struct rex_link *link, u64 start, u64 size)
{
	const struct rex_segment *seg;
	u64 bit = start - link->elf->low;

	seg = rex_elf_segment(link->elf, start, size);
	if (!seg || !(seg->flags & PF_X) ||
	    start - seg->addr + size > seg->file_size)
		return NULL;
	if (find_next_bit(link->patched, bit + size, bit) < bit + size)
		return NULL;
	bitmap_set(link->patched, bit, size);
	return rex_link_ptr(link, start);
}

/* Point the branch with this operand to an address. */
static void rex_site_set(u8 *operand, unsigned long to)
{
	put_unaligned((u32)(to - (unsigned long)(operand + sizeof(u32))),
		      (u32 *)operand);
}

/**
 * rex_site_branch() - link a branch with a relative operand: call, jmp, jcc
 * @link: the object
 * @linked: where the branch goes
 * @place: address in the image of the operand
 * @addend: the relocation's addend
 *
 * Return: NULL, or what is wrong with it.
 */
const char *rex_site_branch(struct rex_link *link,
			    const struct rex_linked *linked, u64 place,
			    s64 addend)
{
	u8 *op, *escape;

	if (linked->kind == REX_LINKED_DATA)
		return "branches to a variable";
	if (addend != REX_SITE_ADDEND)
		return "addend is not -4";
	op = rex_site_take(link, place - 1, CALL_INSN_SIZE);
	if (!op)
		return "not in text, or overlaps another";

	if (*op == JMP32_INSN_OPCODE && linked->kind == REX_LINKED_RETURN) {
		memset(op, INT3_INSN_OPCODE, JMP32_INSN_SIZE);
		rex_emit_return(op);
		return NULL;
	}
	if (*op != CALL_INSN_OPCODE && *op != JMP32_INSN_OPCODE) {
		escape = rex_site_take(link, place - 2, 1);
		if (!escape || *escape != 0x0f || (*op & 0xf0) != 0x80)
			return "not a branch";
	}
	rex_site_set(op + 1, linked->target);
	return NULL;
}

/**
 * rex_site_got() - link an instruction that reads the GOT
 * @link: the object
 * @linked: what the entry of the GOT is for
 * @place: address in the image of the operand
 * @addend: the relocation's addend
 *
 * A call or jump through the GOT becomes a direct one, of the same size; what
 * only loads the entry stays.
 *
 * Return: NULL, or what is wrong with it.
 */
const char *rex_site_got(struct rex_link *link,
			 const struct rex_linked *linked, u64 place,
			 s64 addend)
{
	u8 *op = rex_site_take(link, place - 2, 2 + sizeof(u32));

	if (!op)
		return "not in text, or overlaps another";
	if (op[0] != 0xff || (op[1] != 0x15 && op[1] != 0x25))
		return NULL;
	if (linked->kind == REX_LINKED_DATA)
		return "branches to a variable";
	if (addend != REX_SITE_ADDEND)
		return "addend is not -4";

	if (op[1] == 0x15) {		/* call *got */
		op[0] = 0x67;		/* a prefix without effect */
		op[1] = CALL_INSN_OPCODE;
		rex_site_set(op + 2, linked->target);
	} else {			/* jmp *got */
		op[0] = JMP32_INSN_OPCODE;
		rex_site_set(op + 1, linked->target);
		op[5] = INT3_INSN_OPCODE;
	}
	return NULL;
}
