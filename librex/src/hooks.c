// SPDX-License-Identifier: GPL-2.0
#include <stddef.h>
#include <string.h>

#include "hooks.h"

bool rex_hook_known(const char *section)
{
	size_t len = strcspn(section, "/");
	const char *hook = REX_HOOKS;

	while (*hook) {
		size_t hook_len = strcspn(hook, ", ");

		if (hook_len == len && !memcmp(hook, section, len))
			return true;
		hook += hook_len;
		hook += strspn(hook, ", ");
	}
	return false;
}
