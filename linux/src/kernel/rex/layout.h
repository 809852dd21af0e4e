/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _REX_LAYOUT_H
#define _REX_LAYOUT_H

#include <linux/types.h>

/* Offset and size of each field in layout.def, in its order. */
extern const u32 rex_layout[];
extern const u32 rex_layout_cnt;	/* words in rex_layout */

/* Names of the fields, as in "struct task_struct.pid"; one for two words. */
extern const char *const rex_layout_names[];

#endif /* _REX_LAYOUT_H */
