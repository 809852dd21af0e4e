/* SPDX-License-Identifier: GPL-2.0 */
#ifndef REX_MAPS_H
#define REX_MAPS_H

#include <linux/rex.h>

/*
 * Checks type and sizes of a map that an object declares, so that the message
 * can say what is wrong: of the kernel comes a bare EINVAL. Returns 0 or a
 * negative errno.
 */
int rex_map_check(const char *object, const char *name,
		  const struct rex_map_handle *handle);

/* The same for what the user may still set after that. */
int rex_map_check_entries(const char *object, const char *name, __u32 map_type,
			  __u32 max_entries);

#endif
