// SPDX-License-Identifier: GPL-2.0
/* Loads @NAME@, attaches its programs, and shows what they print until Ctrl-C. */
#include <bpf/libbpf.h>
#include <librex.h>

#include "@HEADER@"
#include "trace_pipe.h"

#define EXE "./target/x86_64-unknown-none/release/@NAME@"

int main(void)
{
	struct @STATE@ attached = { 0 };
	struct rex_object *obj;
	struct bpf_object *bpf;
	int err = 1;

	/* librex and libbpf say themselves what is wrong. */
	obj = rex_object__open(EXE, NULL);
	if (!obj || rex_object__load(obj))
		goto out;
	bpf = rex_object__bpf_object(obj);
	if (@ATTACH@)
		goto out;

	err = trace_pipe_follow() ? 1 : 0;
out:
	@DETACH@(&attached);
	rex_object__close(obj);
	return err;
}
