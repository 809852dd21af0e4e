// SPDX-License-Identifier: GPL-2.0
/*
 * Loads map_test, attaches its program, and shows what it prints until Ctrl-C.
 *
 * Written with the calls of the first Rex: two lines lead to a BPF object, and
 * librex owns it. hello's loader has the calls that can also close an object.
 */
#include <stdio.h>

#include <bpf/libbpf.h>
#include <librex.h>

#include "trace_pipe.h"

#define EXE "./target/x86_64-unknown-none/release/map_test"

int main(void)
{
	struct bpf_program *prog;
	struct bpf_object *obj;
	struct bpf_link *link;
	int err;

	obj = rex_obj_get_bpf(rex_obj_load(EXE));
	if (!obj)
		return 1;
	prog = bpf_object__find_program_by_name(obj, "rex_prog1");
	if (!prog) {
		fprintf(stderr, "loader: %s has no program rex_prog1\n", EXE);
		return 1;
	}
	link = bpf_program__attach(prog);
	if (!link) {
		perror("loader: cannot attach rex_prog1");
		return 1;
	}

	err = trace_pipe_follow();
	bpf_link__destroy(link);
	return err ? 1 : 0;
}
