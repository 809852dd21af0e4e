// SPDX-License-Identifier: GPL-2.0
/*
 * Loads spinlock_test, attaches its program, and shows what it prints until Ctrl-C.
 * Its panics are in the kernel log, for dmesg to show.
 */
#include <bpf/libbpf.h>
#include <librex.h>

#include "attach.h"
#include "trace_pipe.h"

#define EXE "./target/x86_64-unknown-none/release/spinlock_test"

int main(void)
{
	struct attached attached = { 0 };
	struct rex_object *obj;
	int err = 1;

	obj = rex_object__open(EXE, NULL);
	if (!obj || rex_object__load(obj))
		goto out;
	if (attach_all(rex_object__bpf_object(obj), &attached))
		goto out;

	err = trace_pipe_follow() ? 1 : 0;
out:
	detach_all(&attached);
	rex_object__close(obj);
	return err;
}
