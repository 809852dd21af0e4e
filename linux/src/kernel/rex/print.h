/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _REX_PRINT_H
#define _REX_PRINT_H

#include <linux/types.h>

int rex_trace_printk(const char *buf, u32 len);

#endif /* _REX_PRINT_H */
