/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _REX_PANIC_H
#define _REX_PANIC_H

#include <linux/types.h>

void rex_panic_begin(void);
void __noreturn rex_panic(const char *msg, u32 len, const char *file,
			  u32 file_len, u32 line, u32 col);
void __noreturn rex_stack_overflow(void);

#endif /* _REX_PANIC_H */
