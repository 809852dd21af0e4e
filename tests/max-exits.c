// SPDX-License-Identifier: GPL-2.0
/*
 * A program that was loaded with a limit of exits is not run any more after
 * that many panics; what it was attached to goes on, and the misses are counted.
 */
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/check.h"
#include "lib/raw_bpf.h"

#define OBJECT "ext/bare/target/x86_64-unknown-none/release/bare"
#define HOOK "syscalls/sys_enter_dup"
#define FD 99
#define MAX_EXITS 3
#define MORE 100
#define DEADLINE_S 20

static int load(int obj_fd, unsigned int max_exits)
{
	struct rex_prog_get_attr attr = {
		.obj_fd = obj_fd,
		.prog_type = BPF_PROG_TYPE_TRACEPOINT,
		.name = "fail",
		.max_exits = max_exits,
	};
	char log[4096];
	int fd = raw_prog_get_attr(&attr, log, sizeof(log));

	if (fd < 0)
		die("max_exits %u: %s: %s", max_exits, strerror(-fd), log);
	return fd;
}

static void trigger(int count)
{
	while (count--) {
		int fd = dup(FD);

		if (fd < 0)
			die("dup: %m");
		close(fd);
	}
}

/* Disabling is deferred; runs until then are panics as before. */
static void wait_until_disabled(int prog_fd)
{
	time_t end = time(NULL) + DEADLINE_S;

	while (!fdinfo_number(prog_fd, "recursion_misses")) {
		if (time(NULL) > end)
			die("not disabled after %d s and %llu panics",
			    DEADLINE_S, fdinfo_number(prog_fd, "rex_panics"));
		trigger(1);
	}
}

static void limited(int obj_fd)
{
	int prog_fd = load(obj_fd, MAX_EXITS);
	int event_fd = raw_attach_tracepoint(prog_fd, HOOK);
	unsigned long long panics, misses;

	trigger(MAX_EXITS);
	panics = fdinfo_number(prog_fd, "rex_panics");
	check(panics == MAX_EXITS, "%llu panics, expected %d", panics,
	      MAX_EXITS);
	wait_until_disabled(prog_fd);
	panics = fdinfo_number(prog_fd, "rex_panics");
	misses = fdinfo_number(prog_fd, "recursion_misses");
	trigger(MORE);
	check(fdinfo_number(prog_fd, "rex_panics") == panics,
	      "it still runs: %llu panics, then %llu", panics,
	      fdinfo_number(prog_fd, "rex_panics"));
	check(fdinfo_number(prog_fd, "recursion_misses") == misses + MORE,
	      "%llu misses, expected %llu",
	      fdinfo_number(prog_fd, "recursion_misses"), misses + MORE);
	close(event_fd);
	close(prog_fd);
}

static void unlimited(int obj_fd)
{
	int prog_fd = load(obj_fd, 0);
	int event_fd = raw_attach_tracepoint(prog_fd, HOOK);

	trigger(MORE);
	check(fdinfo_number(prog_fd, "rex_panics") == MORE,
	      "%llu panics, expected %d", fdinfo_number(prog_fd, "rex_panics"),
	      MORE);
	check(!fdinfo_number(prog_fd, "recursion_misses"), "%llu misses",
	      fdinfo_number(prog_fd, "recursion_misses"));
	close(event_fd);
	close(prog_fd);
}

int main(void)
{
	int obj_fd;

	if (dup2(STDIN_FILENO, FD) < 0)
		die("cannot make descriptor %d: %m", FD);
	obj_fd = raw_obj_load_file(OBJECT);
	limited(obj_fd);
	unlimited(obj_fd);
	close(obj_fd);
	return checks_failed != 0;
}
