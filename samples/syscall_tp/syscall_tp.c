// SPDX-License-Identifier: GPL-2.0
/*
 * Loads the object, once or as often as -i says, opens files, and compares what
 * each copy has counted with that.
 *
 *	./syscall_tp -i 2 /etc/passwd
 *	syscall_tp: 2 opens made
 *	prog #0: map 11 counts 2 calls, map 12 counts 2 returns
 *	prog #1: map 15 counts 2 calls, map 16 counts 2 returns
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <librex.h>

#include "attach.h"
#include "number.h"

#define EXE "./target/x86_64-unknown-none/release/syscall_tp"

/* The kernel's BPF_TRACE_MAX_PROGS: of programs on one tracepoint. */
#define COPIES_MAX 64

struct copy {
	struct rex_object *obj;
	struct attached attached;
	int calls, returns; /* the maps' fds */
};

/* Has a map count the calls of this process. */
static int start_counting(const struct copy *copy, const char *name)
{
	int map = bpf_object__find_map_fd_by_name(rex_object__bpf_object(
							  copy->obj),
						  name);
	__s32 pid = getpid();
	__u64 none = 0;

	if (bpf_map_update_elem(map, &pid, &none, BPF_ANY)) {
		warn("cannot set %s", name);
		return -1;
	}
	return map;
}

static int load_copy(struct copy *copy)
{
	copy->obj = rex_object__open(EXE, NULL);
	if (!copy->obj || rex_object__load(copy->obj))
		return -1;
	return attach_all(rex_object__bpf_object(copy->obj), &copy->attached);
}

static void unload_copy(struct copy *copy)
{
	detach_all(&copy->attached);
	rex_object__close(copy->obj);
}

/* Each by both system calls, which libc's open() may not do; a failure counts too. */
static int open_files(char *const names[])
{
	int opens = 0;

	for (; *names; names++) {
		int fds[] = {
			syscall(SYS_open, *names, O_RDONLY),
			syscall(SYS_openat, AT_FDCWD, *names, O_RDONLY),
		};

		for (int i = 0; i < 2; i++, opens++)
			if (fds[i] >= 0)
				close(fds[i]);
	}
	return opens;
}

static __u32 map_id(int map)
{
	struct bpf_map_info info = { 0 };
	__u32 size = sizeof(info);

	return bpf_obj_get_info_by_fd(map, &info, &size) ? 0 : info.id;
}

/* Prints what a copy counted. Returns 0 if it agrees with @opens. */
static int verify(const struct copy *copy, int number, unsigned int opens)
{
	__u64 calls = 0, returns = 0;
	__s32 pid = getpid();

	if (bpf_map_lookup_elem(copy->calls, &pid, &calls) ||
	    bpf_map_lookup_elem(copy->returns, &pid, &returns)) {
		warn("prog #%d: cannot read its maps", number);
		return -1;
	}
	printf("prog #%d: map %u counts %llu calls, map %u counts %llu returns\n",
	       number, map_id(copy->calls), calls, map_id(copy->returns),
	       returns);
	if (calls == opens && returns == opens)
		return 0;
	warnx("prog #%d: the counts should be %u", number, opens);
	return -1;
}

/* Returns 0 if every copy counts right. */
static int run(struct copy *copies, int count, char *const names[])
{
	int opens, err = 0;

	for (int i = 0; i < count; i++)
		if (load_copy(&copies[i]))
			return -1;
	/* Only now: to load and to attach opens files, too. */
	for (int i = 0; i < count; i++) {
		copies[i].calls = start_counting(&copies[i], "enter_open_map");
		copies[i].returns = start_counting(&copies[i], "exit_open_map");
		if (copies[i].calls < 0 || copies[i].returns < 0)
			return -1;
	}
	opens = open_files(names);
	for (int i = 0; i < count; i++)
		detach_all(&copies[i].attached);

	printf("syscall_tp: %d opens made\n", opens);
	for (int i = 0; i < count; i++)
		err |= verify(&copies[i], i, opens);
	return err;
}

static int usage(const char *program)
{
	fprintf(stderr,
		"Usage: %s [-i n] [file...]\n"
		"\n"
		"Opens each file (%s) by open(2) and by openat(2), and shows how\n"
		"many calls n copies of the extension (1 to %d, default 1) have counted.\n",
		program, program, COPIES_MAX);
	return 2;
}

int main(int argc, char *argv[])
{
	static struct copy copies[COPIES_MAX];
	char *self[] = { argv[0], NULL };
	long count = 1;
	int option, err;

	while ((option = getopt(argc, argv, "i:")) != -1)
		if (option != 'i' ||
		    !parse_number(optarg, 1, COPIES_MAX, &count))
			return usage(argv[0]);

	err = run(copies, count, optind < argc ? argv + optind : self);
	for (int i = 0; i < count; i++)
		unload_copy(&copies[i]);
	return err ? 1 : 0;
}
