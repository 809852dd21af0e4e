// SPDX-License-Identifier: GPL-2.0
/*
 * Loads an object for a test and holds it until standard input ends.
 *
 *	rexload [-b BUDGET_MS] OBJECT [PROGRAM[@HOOK]]...
 *
 * The programs named are attached: to the hook that they were compiled for, or
 * to HOOK, which is
 *
 *	FUNCTION[+OFFSET]	a kprobe on a kernel function, or in it
 *	PATH:FUNCTION		a uprobe on a function in a file
 *
 * BUDGET_MS is the budget of all programs; without it the sysctl says it.
 *
 * Prints for tests to read, and "attached" as the last line:
 *
 *	map NAME fd FD id ID
 *	program NAME fd FD id ID
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <librex.h>

static struct bpf_link *attach(struct bpf_program *prog, char *hook)
{
	LIBBPF_OPTS(bpf_uprobe_opts, uprobe);
	LIBBPF_OPTS(bpf_kprobe_opts, kprobe);
	char *colon, *plus;

	if (!hook)
		return bpf_program__attach(prog);
	colon = strchr(hook, ':');
	if (colon) {
		*colon = 0;
		uprobe.func_name = colon + 1;
		return bpf_program__attach_uprobe_opts(prog, -1, hook, 0,
						       &uprobe);
	}
	plus = strchr(hook, '+');
	if (plus) {
		*plus = 0;
		kprobe.offset = strtoul(plus + 1, NULL, 0);
	}
	return bpf_program__attach_kprobe_opts(prog, hook, &kprobe);
}

/* @arg is PROGRAM[@HOOK]. */
static int attach_named(struct rex_object *obj, char *arg)
{
	char *hook = strchr(arg, '@');
	struct bpf_program *prog;

	if (hook)
		*hook++ = 0;
	prog = rex_object__program(obj, arg);
	if (!prog)
		return -1;
	if (!attach(prog, hook)) {
		fprintf(stderr, "rexload: cannot attach %s: %s\n", arg,
			strerror(errno));
		return -1;
	}
	return 0;
}

static void print_programs_and_maps(struct bpf_object *bpf)
{
	struct bpf_program *prog;
	struct bpf_map *map;

	bpf_object__for_each_map(map, bpf)
	{
		struct bpf_map_info info = { 0 };
		__u32 len = sizeof(info);

		bpf_obj_get_info_by_fd(bpf_map__fd(map), &info, &len);
		printf("map %s fd %d id %u\n", bpf_map__name(map),
		       bpf_map__fd(map), info.id);
	}
	bpf_object__for_each_program(prog, bpf)
	{
		struct bpf_prog_info info = { 0 };
		__u32 len = sizeof(info);

		bpf_obj_get_info_by_fd(bpf_program__fd(prog), &info, &len);
		printf("program %s fd %d id %u\n", bpf_program__name(prog),
		       bpf_program__fd(prog), info.id);
	}
}

static int set_budget_ms(struct rex_object *obj, unsigned int budget_ms)
{
	struct bpf_program *prog;

	bpf_object__for_each_program(prog, rex_object__bpf_object(obj))
	{
		if (rex_object__set_budget_ms(obj, prog, budget_ms))
			return -1;
	}
	return 0;
}

/* @budget_ms: 0 for none */
static struct rex_object *load(const char *path, unsigned int budget_ms)
{
	struct rex_object *obj = rex_object__open(path, NULL);

	if (!obj || (budget_ms && set_budget_ms(obj, budget_ms)) ||
	    rex_object__load(obj))
		return NULL;
	return obj;
}

static int usage(const char *name)
{
	fprintf(stderr, "Usage: %s [-b BUDGET_MS] OBJECT [PROGRAM[@HOOK]]...\n",
		name);
	return 2;
}

int main(int argc, char *argv[])
{
	unsigned int budget_ms = 0;
	struct rex_object *obj;
	char buf[64];
	ssize_t len;
	int option;

	while ((option = getopt(argc, argv, "b:")) != -1) {
		if (option != 'b')
			return usage(argv[0]);
		budget_ms = strtoul(optarg, NULL, 0);
	}
	if (optind == argc)
		return usage(argv[0]);
	obj = load(argv[optind], budget_ms);
	if (!obj)
		return 1;
	for (int i = optind + 1; i < argc; i++)
		if (attach_named(obj, argv[i]))
			return 1;

	print_programs_and_maps(rex_object__bpf_object(obj));
	printf("attached\n");
	fflush(stdout);

	do
		len = read(STDIN_FILENO, buf, sizeof(buf));
	while (len > 0 || (len < 0 && errno == EINTR));
	/* The end of the process detaches and frees: that is tested, too. */
	return 0;
}
