// SPDX-License-Identifier: GPL-2.0
/* Loads hello, attaches its program, and shows what it prints until Ctrl-C. */
#include <stdio.h>

#include <bpf/libbpf.h>
#include <librex.h>

#include "trace_pipe.h"

#define EXE "./target/x86_64-unknown-none/release/hello"

int main(void)
{
	struct rex_object *obj;
	struct bpf_program *prog;
	struct bpf_link *link = NULL;
	int err = 1;

	/* librex and libbpf print what goes wrong themselves. */
	obj = rex_object__open(EXE, NULL);
	if (!obj || rex_object__load(obj))
		goto out;
	prog = rex_object__program(obj, "rex_prog1");
	if (!prog)
		goto out;
	link = bpf_program__attach(prog);
	if (!link) {
		perror("loader: cannot attach rex_prog1");
		goto out;
	}

	err = trace_pipe_follow() ? 1 : 0;
out:
	bpf_link__destroy(link);
	rex_object__close(obj);
	return err;
}
