// SPDX-License-Identifier: GPL-2.0
/*
 * Runs a command, dd unless another is given, and shows what it reads, writes and
 * maps:
 *
 *	./tracex5
 *	dd-97  [000] ...: bpf_trace_printk: read(fd=0, buf=0x55f6a5ba9000, size=512)
 *	dd-97  [000] ...: bpf_trace_printk: write(fd=1, buf=0x55f6a5ba9000, size=512)
 *	...
 *
 * The extension hooks seccomp: the command gets a filter that allows everything.
 */
#include <err.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <sys/prctl.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <librex.h>

#include "attach.h"
#include "command.h"
#include "trace_pipe.h"

#define EXE "./target/x86_64-unknown-none/release/tracex5"

/* How often to look whether the command has ended. */
#define LOOK_MS 50

static int install_filter(void)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog filter = { .len = 1, .filter = &allow };

	if (!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) &&
	    !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter))
		return 0;
	warn("cannot install a seccomp filter");
	return -1;
}

/* Tells the program which process to trace. */
static int trace_process(struct bpf_object *bpf, pid_t pid)
{
	__u32 index = 0;

	if (!bpf_map_update_elem(bpf_object__find_map_fd_by_name(bpf, "TRACED"),
				 &index, &pid, BPF_ANY))
		return 0;
	warn("cannot set TRACED");
	return -1;
}

/* Shows the trace until the command has ended, or the user wants it. */
static int follow(int trace, pid_t pid)
{
	bool ended;
	ssize_t len;

	do {
		/* First this: then all that the command did is in the trace. */
		ended = command_ended(pid);
		do
			len = trace_pipe_copy(trace);
		while (len > 0);
		if (len < 0)
			return -1;
	} while (!ended && stop_wait(trace, LOOK_MS) >= 0);
	return 0;
}

/* Returns the command's exit code, or 1 after a message. */
static int trace_command(struct bpf_object *bpf, char *const command[])
{
	struct attached attached = { 0 };
	int go, status = 1, trace = trace_pipe_open();
	pid_t pid;

	if (trace < 0)
		return 1;
	pid = command_start(command, &go, install_filter);
	if (pid < 0)
		goto out;
	stop_on_signals();
	if (trace_process(bpf, pid) || attach_all(bpf, &attached)) {
		close(go);
		command_wait(pid);
		goto out;
	}
	command_go(go);
	if (follow(trace, pid) || stop_asked)
		kill(pid, SIGTERM);
	status = command_wait(pid);
out:
	detach_all(&attached);
	close(trace);
	return status;
}

int main(int argc, char *argv[])
{
	char *dd[] = { "dd", "if=/dev/zero", "of=/dev/null", "count=5", NULL };
	struct rex_object *obj;
	int status = 1;

	if (argc > 1 && argv[1][0] == '-') {
		fprintf(stderr, "Usage: %s [command [argument...]]\n", argv[0]);
		return 2;
	}
	obj = rex_object__open(EXE, NULL);
	if (obj && !rex_object__load(obj))
		status = trace_command(rex_object__bpf_object(obj),
				       argc > 1 ? argv + 1 : dd);
	rex_object__close(obj);
	return status;
}
