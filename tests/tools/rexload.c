// SPDX-License-Identifier: GPL-2.0
/*
 * Loads an object for a test and holds it until standard input ends.
 *
 *	rexload [-b BUDGET_MS] OBJECT [PROGRAM[@HOOK]]...
 *
 * The programs named are loaded, or all if none is, and attached: to the hook
 * that they were compiled for, or to HOOK, which is
 *
 *	FUNCTION[+OFFSET]	a kprobe on a kernel function, or in it
 *	PATH:FUNCTION		a uprobe on a function in a file
 *	cpu-clock		a clock that samples each CPU every millisecond
 *
 * BUDGET_MS is the budget of all programs; without it the sysctl says it.
 *
 * Prints for tests to read, and "attached" as the last line:
 *
 *	map NAME fd FD id ID
 *	program NAME fd FD id ID
 */
#include <errno.h>
#include <linux/perf_event.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <librex.h>

/* Of each CPU; the link of the last. */
static struct bpf_link *attach_cpu_clock(struct bpf_program *prog)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_period = 1000000,
	};
	struct bpf_link *link = NULL;

	for (int cpu = 0; cpu < libbpf_num_possible_cpus(); cpu++) {
		int fd = (int)syscall(__NR_perf_event_open, &attr, -1, cpu, -1,
				      PERF_FLAG_FD_CLOEXEC);

		if (fd < 0)
			return NULL;
		link = bpf_program__attach_perf_event(prog, fd);
		if (!link)
			return NULL;
	}
	return link;
}

static struct bpf_link *attach(struct bpf_program *prog, char *hook)
{
	LIBBPF_OPTS(bpf_uprobe_opts, uprobe);
	LIBBPF_OPTS(bpf_kprobe_opts, kprobe);
	char *colon, *plus;

	if (!hook)
		return bpf_program__attach(prog);
	if (!strcmp(hook, "cpu-clock"))
		return attach_cpu_clock(prog);
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

		if (bpf_program__fd(prog) < 0)
			continue;
		bpf_obj_get_info_by_fd(bpf_program__fd(prog), &info, &len);
		printf("program %s fd %d id %u\n", bpf_program__name(prog),
		       bpf_program__fd(prog), info.id);
	}
}

/* Is a program one of the @args, each PROGRAM[@HOOK]? */
static bool is_named(const struct bpf_program *prog, char *const *args)
{
	const char *name = bpf_program__name(prog);
	size_t len = strlen(name);

	for (; *args; args++)
		if (!strncmp(*args, name, len) &&
		    (!(*args)[len] || (*args)[len] == '@'))
			return true;
	return false;
}

/* @budget_ms: 0 for none */
static struct rex_object *load(const char *path, unsigned int budget_ms,
			       char *const *args)
{
	struct rex_object *obj = rex_object__open(path, NULL);
	struct bpf_program *prog;

	if (!obj)
		return NULL;
	bpf_object__for_each_program(prog, rex_object__bpf_object(obj))
	{
		bpf_program__set_autoload(prog, !*args || is_named(prog, args));
		if (budget_ms &&
		    rex_object__set_budget_ms(obj, prog, budget_ms))
			return NULL;
	}
	return rex_object__load(obj) ? NULL : obj;
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
	obj = load(argv[optind], budget_ms, argv + optind + 1);
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
