// SPDX-License-Identifier: GPL-2.0
/*
 * The stub that is a Rex program's bpf_func: every path that runs a BPF
 * program calls it, and it jumps to the dispatcher.
 */
#include <linux/filter.h>
#include <linux/linkage.h>
#include <linux/memory.h>
#include <linux/mutex.h>
#include <asm/ibt.h>
#include <asm/nops.h>
#include <asm/rex.h>
#include <asm/text-patching.h>

/* Later 6.12.y ask whether the program was a classic one; see the Makefile. */
#ifdef REX_PACK_ALLOC_WAS_CLASSIC
#define rex_pack_alloc(...) bpf_jit_binary_pack_alloc(__VA_ARGS__, false)
#else
#define rex_pack_alloc(...) bpf_jit_binary_pack_alloc(__VA_ARGS__)
#endif

static void rex_stub_fill(void *area, unsigned int size)
{
	memset(area, INT3_INSN_OPCODE, size);
}

/**
 * rex_stub_create() - give a program its stub
 * @prog: the program; bpf_func, jited and jited_len are set
 * @entry: its function in the object
 *
 * The stub comes from the allocator of the BPF JIT, so bpf_jit_free() frees
 * it with the program.
 *
 * Context: process context, may sleep.
 * Return: 0 or -ENOMEM.
 */
int rex_stub_create(struct bpf_prog *prog, unsigned long entry)
{
	/*
	 * endbr64 or a nop; movabs $prog, %rdx; mov $entry, %rsi;
	 * jmp rex_enter
	 */
	const u32 size = 4 + 10 + 7 + 5;
	struct bpf_binary_header *header, *rw_header;
	u8 *image, *rw, *p;

	header = rex_pack_alloc(size, &image, BPF_IMAGE_ALIGNMENT, &rw_header, &rw,
				rex_stub_fill);
	if (!header)
		return -ENOMEM;

	p = rw;
#ifdef CONFIG_X86_KERNEL_IBT
	*(u32 *)p = gen_endbr();
#else
	memcpy(p, x86_nops[4], 4);
#endif
	p += 4;

	*p++ = 0x48;
	*p++ = 0xba;
	*(u64 *)p = (unsigned long)prog;
	p += 8;

	*p++ = 0x48;
	*p++ = 0xc7;
	*p++ = 0xc6;
	*(s32 *)p = entry;	/* text lies in the top 2 GiB */
	p += 4;

	*p++ = 0xe9;
	*(s32 *)p = (unsigned long)rex_enter - (unsigned long)(image + size);
	p += 4;

	if (bpf_jit_binary_pack_finalize(header, rw_header))
		return -ENOMEM;

	prog->bpf_func = (void *)image;
	prog->jited_len = size;
	prog->jited = 1;
	return 0;
}

/**
 * rex_stub_disable() - let a program's stub lead elsewhere
 * @prog: the program; may be running
 * @skip: where to, in place of rex_enter()
 *
 * Context: process context, may sleep.
 */
void rex_stub_disable(struct bpf_prog *prog, void *skip)
{
	u8 *at = (u8 *)prog->bpf_func + prog->jited_len - JMP32_INSN_SIZE;
	u8 jmp[JMP32_INSN_SIZE];

	memcpy(jmp, text_gen_insn(JMP32_INSN_OPCODE, at, skip), sizeof(jmp));
	mutex_lock(&text_mutex);
	text_poke_bp(at, jmp, sizeof(jmp), NULL);
	mutex_unlock(&text_mutex);
}
