/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What assembly and the text emitter know of Rex: offsets in struct rex_frame
 * (kernel/rex/frame.h, which checks them), and what arch/x86/rex/ has.
 */
#ifndef _ASM_X86_REX_H
#define _ASM_X86_REX_H

#define REX_FRAME_STACK_LIMIT	0
#define REX_FRAME_STATE		8
#define REX_FRAME_SAVED_SP	16
#define REX_FRAME_OUTER		24
#define REX_FRAME_INNER		32
#define REX_FRAME_PROG		40
#define REX_FRAME_PREEMPT	48
#define REX_FRAME_LEDGER_CNT	56

/* Bit of the state: the program shall end at its next call out or poll. */
#define REX_FRAME_KILL		1

#ifndef __ASSEMBLY__

#include <linux/types.h>

struct bpf_prog;
struct pt_regs;
struct rex_frame;

/* enter.S */
void rex_enter(void);
void rex_leave(u32 verdict);	/* does not return; objtool is told at the call */

/* stub.c */
int rex_stub_create(struct bpf_prog *prog, unsigned long entry);
void rex_stub_disable(struct bpf_prog *prog, void *skip);

/* fault.c */
void rex_land_at(struct pt_regs *regs, unsigned long landing);
int rex_fault_init(void);

/* nmi.c */
void rex_nmi_send(unsigned int cpu);
void rex_nmi_forget(unsigned int cpu);
bool rex_nmi_deaf(unsigned int cpu, const struct rex_frame *frame);
int rex_nmi_init(void);

#ifdef CONFIG_REX
/* fault.c */
bool rex_fixup_exception(struct pt_regs *regs, int trapnr, unsigned long addr);
bool rex_fixup_double_fault(struct pt_regs *regs, unsigned long addr);
#else
static inline bool rex_fixup_exception(struct pt_regs *regs, int trapnr,
				       unsigned long addr)
{
	return false;
}

static inline bool rex_fixup_double_fault(struct pt_regs *regs,
					  unsigned long addr)
{
	return false;
}
#endif

#endif /* __ASSEMBLY__ */
#endif /* _ASM_X86_REX_H */
