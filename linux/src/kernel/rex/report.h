/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _REX_REPORT_H
#define _REX_REPORT_H

#include <linux/types.h>

#include "exit.h"

struct rex_frame;

/**
 * struct rex_place - a place in the source of an extension
 * @file: its file, not NUL terminated
 * @file_len: bytes of @file
 * @line: its line, from 1
 * @col: its column, from 1
 */
struct rex_place {
	const char	*file;
	u32		file_len;
	u32		line;
	u32		col;
};

void rex_report_exit(struct rex_frame *frame, enum rex_exit_kind kind,
		     const char *msg, u32 len, const struct rex_place *place);

#endif /* _REX_REPORT_H */
