// SPDX-License-Identifier: GPL-2.0
/*
 * Loading, attaching, triggering and unloading again and again leaves no memory
 * behind: what is available and what vmalloc uses are as before within 1 MiB.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/check.h"
#include "lib/elf_file.h"
#include "lib/raw_bpf.h"

#define OBJECT "ext/bare/target/x86_64-unknown-none/release/bare"
#define HOOK "syscalls/sys_enter_dup"
#define FD 99
#define CYCLES 100000
#define PANIC_EVERY 100
/* Detaching waits for a grace period, which many can wait for together. */
#define WORKERS 16
/* So that what is allocated once and kept is there before. */
#define WARM_UP 200
#define LIMIT_KIB 1024
#define DEADLINE_S 30

static long meminfo_kib(const char *field)
{
	FILE *file = fopen("/proc/meminfo", "r");
	size_t len = strlen(field);
	char line[128];

	if (!file)
		die("cannot open /proc/meminfo: %m");
	while (fgets(line, sizeof(line), file))
		if (!strncmp(line, field, len) && line[len] == ':') {
			fclose(file);
			return strtol(line + len + 1, NULL, 10);
		}
	die("/proc/meminfo has no %s", field);
}

/* The descriptor of a program. */
static int load(const struct elf_file *file)
{
	int obj_fd, prog_fd;
	char log[4096];

	obj_fd = raw_obj_load(file->bytes, file->size, NULL, 0, log,
			      sizeof(log));
	if (obj_fd < 0)
		die("cannot load: %s: %s", strerror(-obj_fd), log);
	prog_fd = raw_prog_get(obj_fd, "fail", BPF_PROG_TYPE_TRACEPOINT, log,
			       sizeof(log));
	if (prog_fd < 0)
		die("cannot get the program: %s: %s", strerror(-prog_fd), log);
	close(obj_fd);
	return prog_fd;
}

/*
 * @panics: the program shall panic, which is not each time: that is logged.
 * It can panic for another worker, too.
 */
static void cycle(const struct elf_file *file, bool panics)
{
	int prog_fd = load(file);
	int event_fd = raw_attach_tracepoint(prog_fd, HOOK);

	close(dup(panics ? FD : STDIN_FILENO));
	if (panics && !fdinfo_number(prog_fd, "rex_panics"))
		die("the program did not panic");
	close(event_fd);
	close(prog_fd);
}

static void do_cycles(const struct elf_file *file, int count)
{
	for (int worker = 0; worker < WORKERS; worker++) {
		pid_t child = fork();

		if (child < 0)
			die("cannot fork: %m");
		if (child)
			continue;
		for (int i = worker; i < count; i += WORKERS)
			cycle(file, i % PANIC_EVERY == 0);
		_exit(0);
	}
	for (int worker = 0; worker < WORKERS; worker++) {
		int status;

		if (wait(&status) < 0 || status)
			die("a worker failed: status %d", status);
	}
}

struct memory {
	long available, vmalloc;
};

static struct memory memory(void)
{
	return (struct memory){ .available = meminfo_kib("MemAvailable"),
				.vmalloc = meminfo_kib("VmallocUsed") };
}

/* Once what was deferred is done. */
static struct memory settled(void)
{
	struct memory last = memory();

	for (int same = 0; same < 20; same++) {
		struct memory now = memory();

		if (now.vmalloc != last.vmalloc)
			same = 0;
		last = now;
		usleep(10000);
	}
	return last;
}

static bool as_before(struct memory before, struct memory now)
{
	return before.available - now.available <= LIMIT_KIB &&
	       now.vmalloc - before.vmalloc <= LIMIT_KIB;
}

int main(void)
{
	int cycles = getenv("REX_SOAK") ? CYCLES : CYCLES / 100;
	struct memory before, after;
	struct elf_file file;
	int kept_fd, event_fd;
	time_t start, end;

	if (dup2(STDIN_FILENO, FD) < 0)
		die("cannot make descriptor %d: %m", FD);
	elf_file_read(&file, OBJECT);
	/* The tracepoint stays on: to turn it on and off is not what is tested. */
	kept_fd = load(&file);
	event_fd = raw_attach_tracepoint(kept_fd, HOOK);
	do_cycles(&file, WARM_UP);
	before = settled();
	start = time(NULL);
	do_cycles(&file, cycles);
	end = time(NULL);

	/* Freeing is deferred. */
	do {
		after = memory();
		usleep(10000);
	} while (!as_before(before, after) && time(NULL) < end + DEADLINE_S);
	check(as_before(before, after),
	      "available: %ld KiB before, %ld after; vmalloc: %ld KiB before, %ld after",
	      before.available, after.available, before.vmalloc, after.vmalloc);
	printf("| load, attach, trigger, unload | %d | seconds %ld, available %+ld KiB, vmalloc %+ld KiB |\n",
	       cycles, (long)(end - start), after.available - before.available,
	       after.vmalloc - before.vmalloc);
	close(event_fd);
	close(kept_fd);
	elf_file_free(&file);
	return checks_failed != 0;
}
