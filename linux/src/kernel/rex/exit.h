/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _REX_EXIT_H
#define _REX_EXIT_H

#include <linux/types.h>

/**
 * enum rex_exit_kind - how a program ended that did not return
 * @REX_EXIT_PANIC: it panicked, or overflowed its stack
 * @REX_EXIT_FAULT: its code caused a CPU exception
 * @REX_EXIT_TIMEOUT: it ran longer than its budget
 */
enum rex_exit_kind {
	REX_EXIT_PANIC,
	REX_EXIT_FAULT,
	REX_EXIT_TIMEOUT,
	REX_EXIT_KINDS_CNT,
};

/* What extensions call. */
void rex_panic_begin(void);
void __noreturn rex_panic(const char *msg, u32 len, const char *file,
			  u32 file_len, u32 line, u32 col);
void __noreturn rex_stack_overflow(void);

/* Where the kernel sends them. */
void __noreturn rex_kill_landing(void);
void __noreturn rex_fault_landing(void);

#endif /* _REX_EXIT_H */
