// SPDX-License-Identifier: GPL-2.0
/* The names of system calls, from the kernel's header: see the Makefile. */
#include "syscount.h"

static const char *const names[CALLS] = {
#include "syscall_names.h"
};

const char *call_name(size_t call)
{
	return call < CALLS ? names[call] : NULL;
}
