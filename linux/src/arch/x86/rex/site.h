/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _REX_SITE_H
#define _REX_SITE_H

#include <linux/types.h>

struct rex_link;
struct rex_linked;

const char *rex_site_branch(struct rex_link *link,
			    const struct rex_linked *linked, u64 place,
			    s64 addend);
const char *rex_site_got(struct rex_link *link,
			 const struct rex_linked *linked, u64 place,
			 s64 addend);

#endif /* _REX_SITE_H */
