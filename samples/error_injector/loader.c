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
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <librex.h>

#define EXE "./target/x86_64-unknown-none/release/error_injector"

/* The largest error that a system call can return: the kernel's MAX_ERRNO. */
#define ERRNO_MAX 4095

static int parse_errno(const char *arg)
{
	char *end;
	long value = strtol(arg, &end, 10);

	if (!*arg || *end || value < 1 || value > ERRNO_MAX)
		return -1;
	return value;
}

/*
 * Starts the command, which waits until one byte comes through the pipe before
 * it does anything. A pipe that is closed instead ends it.
 */
static pid_t start_command(char *const argv[], int *start_fd)
{
	int fds[2];
	pid_t pid;
	char go;

	if (pipe(fds)) {
		perror("loader: pipe");
		return -1;
	}
	pid = fork();
	if (pid < 0)
		perror("loader: fork");
	if (!pid) {
		close(fds[1]);
		if (read(fds[0], &go, 1) != 1)
			_exit(1);
		close(fds[0]);
		execvp(argv[0], argv);
		fprintf(stderr, "loader: cannot run %s: %s\n", argv[0],
			strerror(errno));
		_exit(127);
	}
	close(fds[0]);
	*start_fd = fds[1];
	return pid;
}

static int inject(struct bpf_object *obj, pid_t pid, int err)
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

/* Waits for the command's end. Ctrl-C reaches it too, and we detach after it. */
static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char *argv[])
{
	char *userapp[] = { "./userapp", NULL };
	char **command = argc > 3 ? argv + 3 : userapp;
	struct bpf_link *link = NULL;
	struct rex_object *obj;
	int err, start_fd, status = 1;
	pid_t pid;

	err = argc < 3 ? -1 : parse_errno(argv[2]);
	if (err < 0) {
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

	pid = start_command(command, &start_fd);
	if (pid < 0)
		goto out_object;

	/* From here on Ctrl-C is for the command. */
	signal(SIGINT, SIG_IGN);
	if (!inject(rex_object__bpf_object(obj), pid, err))
		link = attach(obj, argv[1]);
	if (link && write(start_fd, "", 1) != 1)
		perror("loader: cannot start the command");
	close(start_fd);
	status = wait_for(pid);

	bpf_link__destroy(link);
out_object:
	rex_object__close(obj);
	return status;
}
