/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _REX_MAP_H
#define _REX_MAP_H

#include <linux/types.h>

struct bpf_map;

/* What extensions call. */
long rex_map_update(struct bpf_map *map, const void *key, const void *value, u64 flags);
long rex_map_delete(struct bpf_map *map, const void *key);

#endif /* _REX_MAP_H */
