// SPDX-License-Identifier: GPL-2.0
/*
 * Runs a command, ./userapp unless another is given, in which one system call
 * fails:
 *
 *	./loader dup 22
 *	userapp: dup: Invalid argument
 *
 * Other processes are not touched, the command's own children included.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <librex.h>

#include "command.h"
#include "number.h"

#define EXE "./target/x86_64-unknown-none/release/error_injector"

/* The largest error that a system call can return: the kernel's MAX_ERRNO. */
#define ERRNO_MAX 4095

static int inject(struct bpf_object *obj, pid_t pid, long err)
{
	__u64 ret = -(__u64)err;
	int map = bpf_object__find_map_fd_by_name(obj, "pid_to_errno");

	if (map < 0 || bpf_map_update_elem(map, &pid, &ret, BPF_ANY)) {
		perror("loader: cannot set the process in pid_to_errno");
		return -1;
	}
	return 0;
}

static struct bpf_link *attach(struct rex_object *obj, const char *syscall)
{
	struct bpf_program *prog = rex_object__program(obj, "err_injector");
	struct bpf_link *link;

	if (!prog)
		return NULL;
	link = bpf_program__attach_ksyscall(prog, syscall, NULL);
	if (!link)
		fprintf(stderr, "loader: cannot attach to system call %s: %s\n",
			syscall, strerror(errno));
	return link;
}

int main(int argc, char *argv[])
{
	char *userapp[] = { "./userapp", NULL };
	char **command = argc > 3 ? argv + 3 : userapp;
	struct bpf_link *link = NULL;
	struct rex_object *obj;
	int go, status = 1;
	pid_t pid;
	long err;

	if (argc < 3 || !parse_number(argv[2], 1, ERRNO_MAX, &err)) {
		fprintf(stderr,
			"Usage: %s <syscall> <errno> [command [argument...]]\n"
			"\n"
			"Runs the command (./userapp) with the system call, 'dup' say,\n"
			"failing with the error, a number from 1 to %d.\n",
			argv[0], ERRNO_MAX);
		return 2;
	}

	obj = rex_object__open(EXE, NULL);
	if (!obj || rex_object__load(obj))
		goto out_object;

	pid = command_start(command, &go, NULL);
	if (pid < 0)
		goto out_object;

	/* From here on Ctrl-C is for the command: we detach after its end. */
	signal(SIGINT, SIG_IGN);
	if (!inject(rex_object__bpf_object(obj), pid, err))
		link = attach(obj, argv[1]);
	if (link)
		command_go(go);
	else
		close(go);
	status = command_wait(pid);

	bpf_link__destroy(link);
out_object:
	rex_object__close(obj);
	return status;
}
