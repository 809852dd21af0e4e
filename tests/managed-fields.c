// SPDX-License-Identifier: GPL-2.0
/*
 * A map whose values have fields that the kernel manages is refused: a program
 * writes plain bytes there, and the kernel would take them for its own pointers.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "lib/check.h"
#include "lib/elf_file.h"
#include "lib/raw_bpf.h"

#define OBJECT "../samples/map_test/target/x86_64-unknown-none/release/map_test"
#define MAPS 2
#define SIZE 16

/* Types of a key, and of a value that is one struct of a name, as such. */
static int load_types(const char *name, int *key, int *value)
{
	struct btf *btf = btf__new_empty();
	const void *bytes;
	int word, field, fd;
	__u32 size;

	*key = btf__add_int(btf, "u32", 4, 0);
	word = btf__add_int(btf, "u64", 8, 0);
	field = btf__add_struct(btf, name, SIZE);
	btf__add_field(btf, "low", word, 0, 0);
	btf__add_field(btf, "high", word, 64, 0);
	*value = btf__add_struct(btf, "value", SIZE);
	btf__add_field(btf, "field", field, 0, 0);
	bytes = btf__raw_data(btf, &size);
	fd = bpf_btf_load(bytes, size, NULL);
	if (fd < 0)
		die("cannot load types: %m");
	btf__free(btf);
	return fd;
}

static int make_map(const char *name)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts);
	int key, value, fd, btf_fd = load_types(name, &key, &value);

	opts.btf_fd = btf_fd;
	opts.btf_key_type_id = key;
	opts.btf_value_type_id = value;
	fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "map", 4, SIZE, 1, &opts);
	if (fd < 0)
		die("cannot create a map with a struct %s: %m", name);
	close(btf_fd);
	return fd;
}

/* Tries to load the object with such maps; what is said of it is in @log. */
static int try(const char *name, char *log, size_t log_size)
{
	int map = make_map(name), fd;
	const int map_fds[MAPS] = { map, map };
	struct elf_file file;

	elf_file_read(&file, OBJECT);
	fd = raw_obj_load(file.bytes, file.size, map_fds, MAPS, log, log_size);
	elf_file_free(&file);
	close(map);
	return fd;
}

int main(void)
{
	char log[4096];
	int err;

	err = try("bpf_timer", log, sizeof(log));
	check(err == -EINVAL &&
		      strstr(log,
			     "its values have fields that the kernel manages"),
	      "a timer: %s: %s", strerror(-err), log);

	/* The same bytes under another name get to the next check. */
	err = try("some_timer", log, sizeof(log));
	check(err < 0 && !strstr(log, "the kernel manages"), "no timer: %s: %s",
	      strerror(-err), log);
	return checks_failed ? 1 : 0;
}
