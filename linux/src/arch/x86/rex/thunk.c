// SPDX-License-Identifier: GPL-2.0
/*
 * Thunks: the ways out of an object's text.
 *
 * They lie in the object's own text. For each kernel function that the object
 * uses there is a call thunk:
 *
 *	endbr64
 *	push	%rbp
 *	mov	%rsp, %rbp
 *	call	<function>
 *	pop	%rbp
 *	mov	%gs:rex_frame, %r11
 *	testb	$REX_FRAME_KILL, REX_FRAME_STATE(%r11)
 *	jne	rex_kill_landing
 *	ret
 *
 * A program that was asked to end while a helper ran ends behind the call,
 * with the helper's work complete; nobody rewrites a return address. A
 * request that comes behind the test finds the CPU in the object's text. The
 * frame pointer lets the unwinder see the caller of the thunk. Arguments are
 * those in registers: a seventh would be 24 bytes off. Direct branches go past
 * the endbr64, which is for pointers to the function.
 *
 * The branches that compilers emit as calls of __x86_indirect_thunk_<reg> and
 * jumps to __x86_return_thunk are what the running kernel chose for this CPU,
 * as in the code of the BPF JIT (arch/x86/net/bpf_jit_comp.c).
 *
 * Everything here writes memory that is not executable yet.
 */
#include <linux/array_size.h>
#include <linux/cpufeature.h>
#include <linux/linkage.h>
#include <linux/percpu-defs.h>
#include <linux/string.h>
#include <asm/alternative.h>
#include <asm/ibt.h>
#include <asm/nospec-branch.h>
#include <asm/rex.h>
#include <asm/text-patching.h>

#include "../../../kernel/rex/exit.h"
#include "../../../kernel/rex/frame.h"
#include "../../../kernel/rex/image.h"
#include "../../../kernel/rex/thunk.h"

#define REX_RETPOLINE_PREFIX	"__x86_indirect_thunk_"

/* Write bytes of code at p; has the value of p behind them. */
#define EMIT(p, ...)						\
({								\
	const u8 code[] = { __VA_ARGS__ };			\
								\
	memcpy(p, code, sizeof(code)) + sizeof(code);		\
})

static u8 *rex_emit_u32(u8 *p, u32 value)
{
	memcpy(p, &value, sizeof(value));
	return p + sizeof(value);
}

/* The operand of a branch; kernel text is in reach of the module range. */
static u8 *rex_emit_rel32(u8 *p, unsigned long to)
{
	return rex_emit_u32(p, to - (unsigned long)(p + sizeof(u32)));
}

static u8 *rex_emit_jump(u8 *p, const void *to)
{
	/* Keeps the compiler from a reference that objtool takes for code. */
	OPTIMIZER_HIDE_VAR(to);
	*p++ = JMP32_INSN_OPCODE;
	return rex_emit_rel32(p, (unsigned long)to);
}

/**
 * rex_emit_return() - write a return as this CPU needs it
 * @p: where; 5 bytes
 *
 * Return: behind what was written.
 */
u8 *rex_emit_return(u8 *p)
{
	if (cpu_wants_rethunk())
		return rex_emit_jump(p, x86_return_thunk);
	return EMIT(p, RET_INSN_OPCODE, INT3_INSN_OPCODE);
}

/**
 * rex_thunk_call() - write the call thunk of a kernel function
 * @at: where, REX_THUNK_SIZE bytes
 * @fn: the function
 * @returns: the function may return
 */
void rex_thunk_call(u8 *at, unsigned long fn, bool returns)
{
	u8 *p = at;

#ifdef CONFIG_X86_KERNEL_IBT
	p = rex_emit_u32(p, gen_endbr());
#endif
	p = EMIT(p, 0x55);				/* push %rbp */
	p = EMIT(p, 0x48, 0x89, 0xe5);			/* mov %rsp, %rbp */
	p = EMIT(p, CALL_INSN_OPCODE);
	p = rex_emit_rel32(p, fn);
	if (!returns) {
		EMIT(p, 0x0f, 0x0b);			/* ud2 */
		return;
	}
	p = EMIT(p, 0x5d);				/* pop %rbp */
	p = EMIT(p, 0x65, 0x4c, 0x8b, 0x1c, 0x25);	/* mov %gs:.., %r11 */
	p = rex_emit_u32(p, (unsigned long)&rex_frame);
	/* testb $REX_FRAME_KILL, REX_FRAME_STATE(%r11) */
	p = EMIT(p, 0x41, 0xf6, 0x43, REX_FRAME_STATE, REX_FRAME_KILL);
	p = EMIT(p, 0x0f, 0x85);			/* jne */
	p = rex_emit_rel32(p, (unsigned long)rex_kill_landing);
	rex_emit_return(p);
}

/**
 * rex_thunk_indirect() - write the thunk of an indirect branch
 * @at: where, REX_THUNK_SIZE bytes
 * @reg: number of the register that it branches to
 */
void rex_thunk_indirect(u8 *at, u32 reg)
{
	u8 *p = at;

	if (cpu_feature_enabled(X86_FEATURE_INDIRECT_THUNK_ITS)) {
		rex_emit_jump(p, its_static_thunk(reg));
		return;
	}
	if (cpu_feature_enabled(X86_FEATURE_RETPOLINE_LFENCE)) {
		p = EMIT(p, 0x0f, 0xae, 0xe8);		/* lfence */
	} else if (cpu_feature_enabled(X86_FEATURE_RETPOLINE)) {
		rex_emit_jump(p, cpu_feature_enabled(X86_FEATURE_CALL_DEPTH) ?
			      __x86_indirect_jump_thunk_array[reg] :
			      __x86_indirect_thunk_array[reg]);
		return;
	}
	if (reg >= 8)
		p = EMIT(p, 0x41);			/* REX.B */
	EMIT(p, 0xff, 0xe0 + reg % 8, INT3_INSN_OPCODE); /* jmp *%reg */
}

/**
 * rex_thunk_register() - tell which indirect thunk a symbol is
 * @name: name of the symbol
 *
 * Return: the number of the register, or -1 where it is none.
 */
int rex_thunk_register(const char *name)
{
	/* In machine order, as in asm/GEN-for-each-reg.h. */
	static const char *const regs[] = {
		"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
		"r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
	};
	size_t len;

	len = str_has_prefix(name, REX_RETPOLINE_PREFIX);
	if (!len || !strcmp(name + len, "rsp"))
		return -1;
	return match_string(regs, ARRAY_SIZE(regs), name + len);
}
