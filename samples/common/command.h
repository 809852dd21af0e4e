/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A command that the loader runs, held back until the loader is ready:
 *
 *	pid = command_start(argv, &go, NULL);
 *	(prepare for pid)
 *	command_go(go);
 *	status = command_wait(pid);
 */
#ifndef SAMPLES_COMMAND_H
#define SAMPLES_COMMAND_H

#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* Exit codes of a command that could not be run, as the shell has them. */
#define COMMAND_NOT_FOUND 127

/*
 * Starts @argv, which does nothing until command_go(). A @go that is closed instead
 * ends it. @prepare, if there is one, runs in the new process just before the
 * command; if it does not return 0 the command does not run. Returns the pid, or
 * -1 after a message.
 */
static inline pid_t command_start(char *const argv[], int *go,
				  int (*prepare)(void))
{
	sigset_t none;
	int fds[2];
	pid_t pid;
	char byte;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds)) {
		warn("socketpair");
		return -1;
	}
	pid = fork();
	if (!pid) {
		close(fds[1]);
		/* The signals that the loader waits for end the command. */
		signal(SIGINT, SIG_DFL);
		signal(SIGTERM, SIG_DFL);
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		if (read(fds[0], &byte, 1) != 1)
			_exit(EXIT_FAILURE);
		if (prepare && prepare())
			_exit(EXIT_FAILURE);
		execvp(argv[0], argv);
		warn("cannot run %s", argv[0]);
		_exit(COMMAND_NOT_FOUND);
	}
	close(fds[0]);
	if (pid < 0) {
		warn("fork");
		close(fds[1]);
		return -1;
	}
	*go = fds[1];
	return pid;
}

/* Lets the command run. */
static inline void command_go(int go)
{
	/* Not write(): the command may have been killed, and SIGPIPE would end us. */
	if (send(go, "", 1, MSG_NOSIGNAL) != 1)
		warn("cannot start the command");
	close(go);
}

/* Whether the command has ended; command_wait() still has to be called. */
static inline bool command_ended(pid_t pid)
{
	siginfo_t info = { 0 };

	return waitid(P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT) ||
	       info.si_pid;
}

/* Waits for the command's end. Returns its exit code, as the shell has it. */
static inline int command_wait(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return EXIT_FAILURE;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

#endif
