/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _REX_WATCHDOG_H
#define _REX_WATCHDOG_H

#include <linux/types.h>

#include "frame.h"

struct bpf_prog;
struct pt_regs;

/* Budget of a program in milliseconds, which are ticks of the watchdog. */
#define REX_BUDGET_MS_MIN	1
#define REX_BUDGET_MS_MAX	1000
#define REX_BUDGET_MS_DEFAULT	10

bool rex_tick(struct pt_regs *regs, enum rex_tick_kind kind);
u32 rex_budget_ms(const struct bpf_prog *prog);
int rex_watchdog_get(void);
void rex_watchdog_put(void);

#endif /* _REX_WATCHDOG_H */
