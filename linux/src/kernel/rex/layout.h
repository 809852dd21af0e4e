/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _REX_LAYOUT_H
#define _REX_LAYOUT_H

#include <linux/types.h>

enum {
	REX_LAYOUT_CNT = 0
#define REX_LAYOUT(type, field) + 2
#include "layout.def"
#undef REX_LAYOUT
};

/* Offset and size of each field in layout.def, in its order. */
extern const u32 rex_layout[REX_LAYOUT_CNT];

/* Names of the fields, as in "struct task_struct.pid"; one for two words. */
extern const char *const rex_layout_names[];

#endif /* _REX_LAYOUT_H */
