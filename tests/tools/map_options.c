// SPDX-License-Identifier: GPL-2.0
/*
 * Loads the object of tests/ext/maps with the options of maps that libbpf has.
 *
 *	map_options OBJECT
 *
 * The first load pins the map VISITS by its name, the second finds it there, and
 * has a map `answers` of 9 entries, which it prints.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <librex.h>

#define PIN "/sys/fs/bpf/rex-test-visits"
#define ANSWERS 9
#define FD 99

static struct bpf_map *map(struct rex_object *obj, const char *name)
{
	return bpf_object__find_map_by_name(rex_object__bpf_object(obj), name);
}

static __u32 map_id(struct bpf_map *map)
{
	struct bpf_map_info info = { 0 };
	__u32 len = sizeof(info);

	bpf_obj_get_info_by_fd(bpf_map__fd(map), &info, &len);
	return info.id;
}

static struct rex_object *load(const char *path, __u32 answers)
{
	struct rex_object *obj = rex_object__open(path, NULL);

	if (!obj || bpf_map__set_pin_path(map(obj, "VISITS"), PIN) ||
	    bpf_map__set_max_entries(map(obj, "answers"), answers) ||
	    rex_object__load(obj)) {
		fprintf(stderr, "map_options: %s\n", strerror(errno));
		return NULL;
	}
	return obj;
}

static int run(struct rex_object *obj)
{
	int fd = bpf_map__fd(map(obj, "answers"));
	struct bpf_link *link =
		bpf_program__attach(rex_object__program(obj, "at_dup"));
	__s64 value;

	if (!link)
		return 1;
	close(dup(FD));
	for (__u32 key = 0; key < ANSWERS; key++) {
		if (bpf_map_lookup_elem(fd, &key, &value))
			return 1;
		printf("%lld\n", (long long)value);
	}
	return bpf_link__destroy(link) != 0;
}

int main(int argc, char *argv[])
{
	struct rex_object *first, *second;
	int failed;

	if (argc != 2) {
		fprintf(stderr, "Usage: %s OBJECT\n", argv[0]);
		return 2;
	}
	first = load(argv[1], 1);
	second = first ? load(argv[1], ANSWERS) : NULL;
	failed = !second;
	if (second &&
	    map_id(map(first, "VISITS")) != map_id(map(second, "VISITS"))) {
		fprintf(stderr, "map_options: the pinned map is not used\n");
		failed = 1;
	}
	if (second && dup2(STDIN_FILENO, FD) == FD)
		failed |= run(second);
	unlink(PIN);
	rex_object__close(second);
	rex_object__close(first);
	return failed;
}
