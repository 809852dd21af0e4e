/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _REX_KSYM_H
#define _REX_KSYM_H

struct rex_object;

void rex_ksym_add(struct rex_object *obj);
void rex_ksym_del(struct rex_object *obj);

#endif /* _REX_KSYM_H */
