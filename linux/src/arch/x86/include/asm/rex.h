/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What assembly and the text emitter know of Rex: offsets in struct rex_frame
 * (kernel/rex/frame.h, which checks them), and the entries in enter.S.
 */
#ifndef _ASM_X86_REX_H
#define _ASM_X86_REX_H

#define REX_FRAME_STACK_LIMIT	0
#define REX_FRAME_STATE		8
#define REX_FRAME_SAVED_SP	16
#define REX_FRAME_OUTER		24
#define REX_FRAME_INNER		32
#define REX_FRAME_PROG		40

/* Bit of the state: the program shall end at its next call out. */
#define REX_FRAME_KILL		1

#ifndef __ASSEMBLY__

#include <linux/types.h>

struct bpf_prog;
struct rex_prog;

/* enter.S */
void rex_enter(void);
void __noreturn rex_leave(u32 verdict);

/* stub.c */
int rex_stub_create(struct bpf_prog *prog, unsigned long entry);

#endif /* __ASSEMBLY__ */
#endif /* _ASM_X86_REX_H */
