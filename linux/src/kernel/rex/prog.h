/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _REX_PROG_H
#define _REX_PROG_H

#include <linux/types.h>

struct bpf_prog;
struct bpf_prog_ops;
struct bpf_verifier_ops;
struct rex_log;

/**
 * struct rex_prog_type - a type of program that extensions can be
 * @ops: what BPF calls for programs of the type
 * @verifier_ops: tells which helpers they may call
 * @cap: capability that loading one takes beside CAP_BPF
 * @default_verdict: what is returned in place of a program that panicked or
 *	was not run: that nothing special shall happen
 * @attach_types: bit mask of enum bpf_attach_type that can be expected
 */
struct rex_prog_type {
	const struct bpf_prog_ops	*ops;
	const struct bpf_verifier_ops	*verifier_ops;
	int				cap;
	u32				default_verdict;
	u64				attach_types;
};

/* prog_type.c */
const struct rex_prog_type *rex_prog_type_find(u32 type);
u32 rex_prog_default_verdict(const struct bpf_prog *prog);

/* prog_use.c */
int rex_prog_use_symbols(struct bpf_prog *prog, struct rex_log *log);
int rex_prog_use_maps(struct bpf_prog *prog);

#endif /* _REX_PROG_H */
