// SPDX-License-Identifier: GPL-2.0
/*
 * Prints the CPU time, in nanoseconds in user mode, of the processes whose pids
 * are given, a line "pid: time" for each:
 *
 *	./loader 1 412
 *	1: 84000000
 *	412: 4000000
 *
 * A pid that no process has is skipped. So is what is no pid at all.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <librex.h>

#include "attach.h"
#include "number.h"

#define EXE "./target/x86_64-unknown-none/release/mp4"

/* An answer; src/main.rs has the same. */
struct cpu_time {
	__s32 pid;
	__u32 pad;
	__u64 utime_ns;
};

struct question {
	int pids; /* the queue's fd */
	int null; /* fd of /dev/null */
	struct ring_buffer *times;
};

/* Prints one answer. */
static int process_ringbuf_data(void *ctx, void *data, size_t size)
{
	const struct cpu_time *time = data;

	(void)ctx;
	if (size == sizeof(*time))
		printf("%d: %llu\n", time->pid, time->utime_ns);
	return 0;
}

static bool queue_is_empty(int pids)
{
	__s32 next;

	return bpf_map_lookup_elem(pids, NULL, &next) && errno == ENOENT;
}

/*
 * Has all pids in the queue answered. One write answers for as many as the ring
 * buffer has room for. Returns 0, or -1 after a message.
 */
static int answer_all(const struct question *question)
{
	int answers;

	do {
		/* This is what runs the program. */
		if (write(question->null, "", 1) != 1) {
			warn("cannot write to /dev/null");
			return -1;
		}
		answers = ring_buffer__consume(question->times);
		if (answers < 0) {
			errno = -answers;
			warn("cannot read the answers");
			return -1;
		}
		if (queue_is_empty(question->pids))
			return 0;
	} while (answers);
	warnx("the program does not answer");
	return -1;
}

/* Puts a pid into the queue; a full one is emptied first. */
static int ask(const struct question *question, const char *arg)
{
	long number;
	__s32 pid;

	if (!parse_number(arg, INT_MIN, INT_MAX, &number)) {
		warnx("%s: no pid, skipped", arg);
		return 0;
	}
	pid = number;
	while (bpf_map_update_elem(question->pids, NULL, &pid, BPF_ANY)) {
		if (errno != E2BIG) {
			warn("cannot put %s into the queue", arg);
			return -1;
		}
		if (answer_all(question))
			return -1;
	}
	return 0;
}

static int ask_all(const struct question *question, char *const pids[])
{
	for (; *pids; pids++)
		if (ask(question, *pids))
			return -1;
	return answer_all(question);
}

/* Tells the program whose writes to answer. */
static int say_who_asks(struct bpf_object *bpf)
{
	__s32 pid = getpid();
	__u32 index = 0;

	if (!bpf_map_update_elem(bpf_object__find_map_fd_by_name(bpf, "LOADER"),
				 &index, &pid, BPF_ANY))
		return 0;
	warn("cannot set LOADER");
	return -1;
}

/* Opens what the question goes through. Returns 0, or -1 after a message. */
static int open_question(struct question *question, struct bpf_object *bpf)
{
	question->null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (question->null < 0) {
		warn("/dev/null");
		return -1;
	}
	question->pids = bpf_object__find_map_fd_by_name(bpf, "PIDS");
	question->times =
		ring_buffer__new(bpf_object__find_map_fd_by_name(bpf, "TIMES"),
				 process_ringbuf_data, NULL, NULL);
	if (!question->times) {
		warn("cannot read TIMES");
		return -1;
	}
	return 0;
}

int main(int argc, char *argv[])
{
	struct question question = { .null = -1 };
	struct attached attached = { 0 };
	struct rex_object *obj;
	struct bpf_object *bpf;
	int err = 1;

	if (argc < 2) {
		fprintf(stderr, "Usage: %s pid...\n", argv[0]);
		return 2;
	}
	obj = rex_object__open(EXE, NULL);
	if (!obj || rex_object__load(obj))
		goto out;
	bpf = rex_object__bpf_object(obj);
	if (open_question(&question, bpf) || say_who_asks(bpf) ||
	    attach_all(bpf, &attached))
		goto out;

	err = ask_all(&question, argv + 1) ? 1 : 0;
out:
	detach_all(&attached);
	ring_buffer__free(question.times);
	if (question.null >= 0)
		close(question.null);
	rex_object__close(obj);
	return err;
}
