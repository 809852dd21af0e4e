// SPDX-License-Identifier: GPL-2.0
/*
 * Loads map_test_2, attaches its program, and shows what it prints and what it
 * sends through the ring buffer, until Ctrl-C.
 */
#include <bpf/libbpf.h>
#include <librex.h>

#include "attach.h"
#include "trace_pipe.h"

#define EXE "./target/x86_64-unknown-none/release/map_test_2"

static int print_record(void *ctx, void *data, size_t size)
{
	(void)ctx;
	printf("ring buffer: %.*s\n", (int)size, (char *)data);
	return 0;
}

/* The program's last line comes after its record: both are there then. */
static int follow(struct ring_buffer *records)
{
	int trace = trace_pipe_open();
	int err = 0;

	if (trace < 0)
		return -1;
	stop_on_signals();
	printf("loader: attached; the trace follows, Ctrl-C ends it\n");
	fflush(stdout);
	while (err >= 0 && stop_wait(trace, -1) >= 0) {
		err = trace_pipe_copy(trace);
		if (err >= 0)
			err = ring_buffer__consume(records);
		fflush(stdout);
	}
	close(trace);
	return err < 0 ? -1 : 0;
}

int main(void)
{
	struct ring_buffer *records = NULL;
	struct attached attached = { 0 };
	struct rex_object *obj;
	struct bpf_object *bpf;
	int map, err = 1;

	obj = rex_object__open(EXE, NULL);
	if (!obj || rex_object__load(obj))
		goto out;
	bpf = rex_object__bpf_object(obj);
	map = bpf_object__find_map_fd_by_name(bpf, "MAP_RINGBUF");
	records = ring_buffer__new(map, print_record, NULL, NULL);
	if (!records) {
		warn("cannot read MAP_RINGBUF");
		goto out;
	}
	if (attach_all(bpf, &attached))
		goto out;

	err = follow(records) ? 1 : 0;
out:
	detach_all(&attached);
	ring_buffer__free(records);
	rex_object__close(obj);
	return err;
}
