// SPDX-License-Identifier: GPL-2.0
/*
 * A program may run as long as its load said, or else as the sysctl says. What
 * is less than 1 ms or more than 1 s is refused.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/check.h"
#include "lib/raw_bpf.h"

#define OBJECT "ext/bare/target/x86_64-unknown-none/release/bare"
#define SYSCTL "/proc/sys/kernel/rex/budget_ms"
#define HOOK "syscalls/sys_enter_dup"
#define FD 99
/* How many times as long it may take on an emulated, busy machine. */
#define SLACK 200

static int sysctl_write(const char *text)
{
	int fd = open(SYSCTL, O_WRONLY), err = 0;

	if (fd < 0)
		die("cannot open " SYSCTL ": %m");
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

static int sysctl_read(void)
{
	FILE *file = fopen(SYSCTL, "r");
	int value;

	if (!file || fscanf(file, "%d", &value) != 1)
		die("cannot read " SYSCTL ": %m");
	fclose(file);
	return value;
}

static int load(int obj_fd, unsigned int budget_ms, char *log, size_t log_size)
{
	struct rex_prog_get_attr attr = {
		.obj_fd = obj_fd,
		.prog_type = BPF_PROG_TYPE_TRACEPOINT,
		.name = "spin",
		.budget_ms = budget_ms,
	};

	return raw_prog_get_attr(&attr, log, log_size);
}

static double dup_ms(void)
{
	struct timespec from, to;

	clock_gettime(CLOCK_MONOTONIC, &from);
	close(dup(FD));
	clock_gettime(CLOCK_MONOTONIC, &to);
	return (double)(to.tv_sec - from.tv_sec) * 1e3 +
	       (double)(to.tv_nsec - from.tv_nsec) / 1e6;
}

/* One endless run, loaded with @budget_ms. */
static void runs_for(int obj_fd, unsigned int budget_ms, unsigned int expected)
{
	char log[4096];
	int prog_fd = load(obj_fd, budget_ms, log, sizeof(log));
	int event_fd;
	double ms;

	if (prog_fd < 0)
		die("budget %u: %s: %s", budget_ms, strerror(-prog_fd), log);
	event_fd = raw_attach_tracepoint(prog_fd, HOOK);
	ms = dup_ms();
	check(ms >= expected - 1 && ms <= SLACK * (expected + 2),
	      "budget %u: ran for %.1f ms, expected %u", budget_ms, ms,
	      expected);
	check(fdinfo_number(prog_fd, "rex_timeouts") == 1,
	      "budget %u: %llu timeouts", budget_ms,
	      fdinfo_number(prog_fd, "rex_timeouts"));
	close(event_fd);
	close(prog_fd);
}

static void by_load(int obj_fd)
{
	static const unsigned int good[] = { 1, 30, 300, 1000 };
	static const unsigned int bad[] = { 1001, 10000, UINT32_MAX };
	char log[4096];

	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		runs_for(obj_fd, good[i], good[i]);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		int err = load(obj_fd, bad[i], log, sizeof(log));

		check(err == -EINVAL, "budget %u: %d", bad[i], err);
		check(strstr(log,
			     "rex: object 'test': program 'spin': a budget of "),
		      "budget %u: the log says '%s'", bad[i], log);
	}
}

static void by_sysctl(int obj_fd)
{
	static const char *const bad[] = { "0", "1001", "-1", "x" };
	int before = sysctl_read();

	check(before == 10, "%d ms is the default", before);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		int err = sysctl_write(bad[i]);

		check(err == -EINVAL, "'%s' in the sysctl: %d", bad[i], err);
		check(sysctl_read() == before, "'%s' made the sysctl %d",
		      bad[i], sysctl_read());
	}
	runs_for(obj_fd, 0, 10);
	check(!sysctl_write("1"), "1 is refused");
	runs_for(obj_fd, 0, 1);
	check(!sysctl_write("1000"), "1000 is refused");
	runs_for(obj_fd, 0, 1000);
	/* What was asked for at load counts more. */
	runs_for(obj_fd, 20, 20);
	check(!sysctl_write("10"), "10 is refused");
}

int main(void)
{
	int obj_fd;

	if (dup2(STDIN_FILENO, FD) < 0)
		die("cannot make descriptor %d: %m", FD);
	obj_fd = raw_obj_load_file(OBJECT);
	by_load(obj_fd);
	by_sysctl(obj_fd);
	close(obj_fd);
	return checks_failed != 0;
}
