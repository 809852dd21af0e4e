/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _REX_PROG_H
#define _REX_PROG_H

#include <linux/types.h>

struct bpf_prog;

u32 rex_prog_default_verdict(const struct bpf_prog *prog);

#endif /* _REX_PROG_H */
