/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The dispatcher: the way into a Rex program, and both ways out.
 */
#include <linux/linkage.h>
#include <linux/objtool.h>
#include <asm/asm.h>
#include <asm/asm-offsets.h>
#include <asm/frame.h>
#include <asm/nospec-branch.h>
#include <asm/percpu.h>
#include <asm/rex.h>
#include <asm/unwind_hints.h>

	.text

/*
 * Return %eax from rex_enter(), whose registers are restored. The outer frame
 * is in %rdx: the inner one was in use until %rsp had left its stack.
 */
.macro REX_LEAVE
	movq	%rdx, PER_CPU_VAR(rex_frame)
	REX_RETURN
.endm

/* Return %eax from rex_enter(). Trampolines store all of %rax. */
.macro REX_RETURN
	movl	%eax, %eax
#ifdef CONFIG_PREEMPT_COUNT
	decl	PER_CPU_VAR(pcpu_hot + X86_preempt_count)
#ifdef CONFIG_PREEMPTION
	jnz	.Lnot_preempted_\@
	call	preempt_schedule_notrace_thunk
.Lnot_preempted_\@:
#endif
#endif
	RET
.endm

/*
 * Drop what rex_enter() pushed. Who was called has given the registers back;
 * objtool expects pops.
 */
.macro REX_UNWIND
	leave
	UNWIND_HINT_FUNC
.endm

/*
 * u32 rex_enter(void *ctx, u32 (*entry)(void *ctx), struct bpf_prog *prog)
 *
 * A program's stub jumps here with what bpf_prog_run() gave it: the context
 * in %rdi. It has put the program's entry in %rsi and the program in %rdx.
 *
 * The program runs on the stack of the next frame, which starts right below
 * the frame. Preemption stays off while it runs: the stacks are per CPU.
 * The callee-saved registers are for rex_leave(), which returns from here out
 * of the middle of the program. One that returns has them as they were, and
 * has %rsp at its frame.
 *
 * An interrupt can come anywhere. Before the frame is taken it uses the same
 * frame and is done with it when this code goes on; afterwards it uses the
 * next one.
 */
SYM_FUNC_START(rex_enter)
	pushq	%rbp
	movq	%rsp, %rbp
	pushq	%rbx
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
#ifdef CONFIG_PREEMPT_COUNT
	incl	PER_CPU_VAR(pcpu_hot + X86_preempt_count)
#endif
	movq	PER_CPU_VAR(rex_frame), %rax
	movq	REX_FRAME_INNER(%rax), %rcx
	testq	%rcx, %rcx
	jz	.Lmiss
	movq	%rcx, PER_CPU_VAR(rex_frame)

	movq	%rdx, REX_FRAME_PROG(%rcx)
	movq	%rsp, REX_FRAME_SAVED_SP(%rcx)
	movl	PER_CPU_VAR(pcpu_hot + X86_preempt_count), %eax
	movl	%eax, REX_FRAME_PREEMPT(%rcx)
	/*
	 * The next count, without a request to end that came too late. From
	 * the first of the two on nobody else writes: a request expects 0 in
	 * the bit that is 1 then.
	 */
	orq	$REX_FRAME_KILL, REX_FRAME_STATE(%rcx)
	incq	REX_FRAME_STATE(%rcx)

	movq	%rcx, %rsp
	CALL_NOSPEC rsi
	cmpl	$0, REX_FRAME_LEDGER_CNT(%rsp)
	jne	.Lleak
.Lleave:
	movq	REX_FRAME_OUTER(%rsp), %rdx
	REX_UNWIND
	REX_LEAVE

	/* It returned and holds something: a guard was forgotten. */
.Lleak:
	movq	%rsp, %rdi
	pushq	%rax
	call	rex_ledger_leak
	popq	%rax
	jmp	.Lleave

.Lmiss:
	movq	%rdx, %rdi
	call	rex_frame_miss
	REX_UNWIND
	REX_RETURN
SYM_FUNC_END(rex_enter)
_ASM_NOKPROBE(rex_enter)

/*
 * void rex_leave(u32 verdict)
 *
 * End the program that runs on this CPU, from wherever it is, and return the
 * verdict from its rex_enter(). Runs on the program's stack.
 */
SYM_CODE_START(rex_leave)
	UNWIND_HINT_END_OF_STACK
	ENDBR
	cld
	movl	%edi, %eax
	movq	PER_CPU_VAR(rex_frame), %rcx
	movq	REX_FRAME_OUTER(%rcx), %rdx
	movq	REX_FRAME_SAVED_SP(%rcx), %rsp
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbx
	popq	%rbp
	REX_LEAVE
SYM_CODE_END(rex_leave)
_ASM_NOKPROBE(rex_leave)
