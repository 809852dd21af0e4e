// SPDX-License-Identifier: GPL-2.0
/*
 * What a loader asks of librex for a program holds in the kernel: how long an
 * invocation may run, and after how many exits it is not run any more.
 */
#include <time.h>
#include <unistd.h>

#include <bpf/libbpf.h>
#include <librex.h>

#include "lib/check.h"
#include "lib/raw_bpf.h"

#define OBJECT "ext/bare/target/x86_64-unknown-none/release/bare"
#define FD 99
#define BUDGET_MS 40
#define MAX_EXITS 2
#define DEADLINE_S 20

static struct bpf_program *program(struct rex_object *obj, const char *name)
{
	struct bpf_program *prog = rex_object__program(obj, name);

	if (!prog)
		die("no program %s", name);
	return prog;
}

static void attach(struct bpf_program *prog)
{
	if (!bpf_program__attach(prog))
		die("cannot attach %s: %m", bpf_program__name(prog));
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

int main(void)
{
	time_t end = time(NULL) + DEADLINE_S;
	struct bpf_program *spin, *fail;
	struct rex_object *obj;
	double ms;

	if (dup2(STDIN_FILENO, FD) < 0)
		die("cannot make descriptor %d: %m", FD);
	obj = rex_object__open(OBJECT, NULL);
	if (!obj)
		return 1;
	spin = program(obj, "spin");
	fail = program(obj, "fail");
	if (rex_object__set_budget_ms(obj, spin, BUDGET_MS) ||
	    rex_object__set_max_exits(obj, fail, MAX_EXITS) ||
	    rex_object__load(obj))
		return 1;
	attach(spin);
	attach(fail);

	ms = dup_ms();
	check(ms >= BUDGET_MS - 1, "ran for %.1f ms, its budget is %d", ms,
	      BUDGET_MS);
	check(fdinfo_number(bpf_program__fd(spin), "rex_timeouts") == 1,
	      "%llu timeouts",
	      fdinfo_number(bpf_program__fd(spin), "rex_timeouts"));

	/* Disabling is deferred. */
	while (!fdinfo_number(bpf_program__fd(fail), "recursion_misses")) {
		if (time(NULL) > end)
			die("not disabled after %llu panics",
			    fdinfo_number(bpf_program__fd(fail), "rex_panics"));
		dup_ms();
	}
	check(fdinfo_number(bpf_program__fd(fail), "rex_panics") >= MAX_EXITS,
	      "disabled after %llu panics",
	      fdinfo_number(bpf_program__fd(fail), "rex_panics"));
	/* The other program goes on. */
	check(!fdinfo_number(bpf_program__fd(spin), "recursion_misses"),
	      "%llu misses of the program without a limit",
	      fdinfo_number(bpf_program__fd(spin), "recursion_misses"));
	rex_object__close(obj);
	return checks_failed != 0;
}
