/* SPDX-License-Identifier: GPL-2.0 */
#ifndef REX_HOOKS_H
#define REX_HOOKS_H

#include <stdbool.h>

/*
 * libbpf's section names that Rex programs can have. Those it has beyond these
 * (sleepable, .multi, fentry, struct_ops, ...) have no Rex counterpart.
 */
#define REX_HOOKS                                                       \
	"kprobe, kretprobe, uprobe, uretprobe, ksyscall, kretsyscall, " \
	"tracepoint, perf_event, xdp, xdp.frags, tc"

/* Whether @section, "tracepoint/syscalls/sys_enter_dup" say, begins with one. */
bool rex_hook_known(const char *section);

#endif
