/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _REX_THUNK_H
#define _REX_THUNK_H

#include <linux/types.h>

/* arch/x86/rex/thunk.c */
int rex_thunk_register(const char *name);
void rex_thunk_call(u8 *at, unsigned long fn, bool returns);
void rex_thunk_indirect(u8 *at, u32 reg);
u8 *rex_emit_return(u8 *p);

#endif /* _REX_THUNK_H */
