// SPDX-License-Identifier: GPL-2.0
/*
 * What a Rex program can't be: an element of a map of programs, the target of
 * another program, or of a type other than the five that are supported. And
 * what the two commands refuse beside bad files: wrong descriptors, flags,
 * names and memory.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <librex.h>

#include "lib/check.h"
#include "lib/elf_file.h"
#include "lib/raw_bpf.h"

#define OBJECT "../samples/hello/target/x86_64-unknown-none/release/hello"
#define PROGRAM "rex_prog1"

static const struct bpf_insn two_insns[] = {
	{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
	{ .code = BPF_JMP | BPF_EXIT },
};

static void in_prog_array(int prog_fd)
{
	int key = 0, err;
	int map =
		bpf_map_create(BPF_MAP_TYPE_PROG_ARRAY, "progs", 4, 4, 1, NULL);

	if (map < 0)
		die("cannot create a PROG_ARRAY: %m");
	err = bpf_map_update_elem(map, &key, &prog_fd, BPF_ANY);
	check(err == -EINVAL, "in a PROG_ARRAY: %s", strerror(-err));
	close(map);
}

/* As the target of a program that is attached to programs. */
static void as_target(int prog_fd)
{
	static const struct {
		const char *what;
		enum bpf_prog_type type;
		enum bpf_attach_type attach_type;
	} cases[] = {
		{ "fentry", BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY },
		{ "fexit", BPF_PROG_TYPE_TRACING, BPF_TRACE_FEXIT },
		{ "freplace", BPF_PROG_TYPE_EXT, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		LIBBPF_OPTS(bpf_prog_load_opts, opts,
			    .expected_attach_type = cases[i].attach_type,
			    .attach_prog_fd = prog_fd, .attach_btf_id = 1);
		int err =
			bpf_prog_load(cases[i].type, "target", "GPL", two_insns,
				      ARRAY_SIZE(two_insns), &opts);

		check(err == -EINVAL, "as the target of %s: %s", cases[i].what,
		      strerror(-err));
	}
}

static int expected_for_type(unsigned int type)
{
	switch (type) {
	case BPF_PROG_TYPE_KPROBE:
	case BPF_PROG_TYPE_TRACEPOINT:
	case BPF_PROG_TYPE_PERF_EVENT:
	case BPF_PROG_TYPE_XDP:
	case BPF_PROG_TYPE_SCHED_CLS:
		return 0;
	default:
		return EINVAL;
	}
}

/* An object that says its program is of another type. */
static void of_type(const struct elf_file *good, unsigned int type)
{
	int obj_fd, prog_fd, want = expected_for_type(type);
	struct elf_file file;
	char log[4096] = "";

	elf_file_copy(&file, good);
	elf_progs(&file, NULL)->prog_type = type;
	obj_fd = raw_obj_load(file.bytes, file.size, NULL, 0, log, sizeof(log));
	check(obj_fd >= 0, "type %u: the object does not load: %s: %s", type,
	      strerror(-obj_fd), log);
	prog_fd = raw_prog_get(obj_fd, PROGRAM, type, log, sizeof(log));
	check(want ? prog_fd == -want : prog_fd >= 0,
	      "type %u: got %d, expected %d: %s", type, prog_fd, -want, log);
	if (want)
		check(strstr(log, "rex: object 'test': program 'rex_prog1': "),
		      "type %u: the log says '%s'", type, log);
	if (prog_fd >= 0)
		close(prog_fd);
	if (obj_fd >= 0)
		close(obj_fd);
	elf_file_free(&file);
}

static void wrong_prog_get(int obj_fd)
{
	static const struct {
		const char *what;
		struct rex_prog_get_attr attr;
		int err;
		const char *says;
	} cases[] = {
		{ "another type",
		  { .prog_type = BPF_PROG_TYPE_XDP },
		  EINVAL,
		  "compiled for program type 5, asked for as type 6" },
		{ "an attach type that does not fit",
		  { .prog_type = BPF_PROG_TYPE_TRACEPOINT,
		    .expected_attach_type = BPF_XDP },
		  EINVAL,
		  "attach type" },
		{ "an attach type that does not exist",
		  { .prog_type = BPF_PROG_TYPE_TRACEPOINT,
		    .expected_attach_type = UINT32_MAX },
		  EINVAL,
		  "attach type" },
		/* As BPF_F_SLEEPABLE would be. */
		{ "flags",
		  { .prog_type = BPF_PROG_TYPE_TRACEPOINT,
		    .flags = BPF_F_SLEEPABLE },
		  EINVAL,
		  "" },
		{ "a size of the log",
		  { .prog_type = BPF_PROG_TYPE_TRACEPOINT, .log_true_size = 1 },
		  EINVAL,
		  "" },
	};
	char log[1024];
	int err;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct rex_prog_get_attr attr = cases[i].attr;

		log[0] = 0;
		attr.obj_fd = obj_fd;
		attr.log_buf = (uintptr_t)log;
		attr.log_size = sizeof(log);
		strcpy(attr.name, PROGRAM);
		err = raw_sys_bpf(REX_PROG_GET, &attr, sizeof(attr));
		check(err == -cases[i].err && strstr(log, cases[i].says),
		      "get with %s: %s: '%s'", cases[i].what, strerror(-err),
		      log);
	}

	err = raw_prog_get(obj_fd, "no_such", BPF_PROG_TYPE_TRACEPOINT, log,
			   sizeof(log));
	check(err == -ENOENT && strstr(log, "'no_such'"),
	      "a program that is not there: %s: '%s'", strerror(-err), log);
}

/* A name that fills its field has no end. */
static void endless_names(int obj_fd)
{
	struct rex_prog_get_attr get = {
		.obj_fd = obj_fd,
		.prog_type = BPF_PROG_TYPE_TRACEPOINT,
	};
	struct rex_obj_load_attr load = { 0 };
	int err;

	memset(get.name, 'x', sizeof(get.name));
	err = raw_sys_bpf(REX_PROG_GET, &get, sizeof(get));
	check(err == -EINVAL, "a program name without end: %s", strerror(-err));
	memset(load.name, 'x', sizeof(load.name));
	err = raw_sys_bpf(REX_OBJ_LOAD, &load, sizeof(load));
	check(err == -EINVAL, "an object name without end: %s", strerror(-err));
}

static void wrong_object_fds(int prog_fd)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	const struct {
		const char *what;
		int fd;
		int err;
	} cases[] = {
		{ "no descriptor", -1, EBADF },
		{ "a closed descriptor", 1000, EBADF },
		{ "/dev/null", null, EINVAL },
		{ "a program", prog_fd, EINVAL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int err = raw_prog_get(cases[i].fd, PROGRAM,
				       BPF_PROG_TYPE_TRACEPOINT, NULL, 0);

		check(err == -cases[i].err, "%s as an object: %s",
		      cases[i].what, strerror(-err));
	}
	close(null);
}

static void wrong_load(const struct elf_file *good)
{
	const uintptr_t image = (uintptr_t)good->bytes;
	const unsigned int size = good->size;
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	char log[1024];
	const uintptr_t unmapped = 4096;
	const struct {
		const char *what;
		struct rex_obj_load_attr attr;
		int err;
		const char *says;
	} cases[] = {
		{ "flags",
		  { .image = image, .image_size = size, .flags = 1 },
		  EINVAL,
		  "" },
		{ "a keyring",
		  { .image = image, .image_size = size, .keyring_id = 1 },
		  EINVAL,
		  "" },
		{ "a name with a slash",
		  { .image = image, .image_size = size, .name = "a/b" },
		  EINVAL,
		  "" },
		{ "no memory there",
		  { .image = unmapped, .image_size = size },
		  EFAULT,
		  "" },
		{ "less memory than it says",
		  { .image = image, .image_size = 1 << 26 },
		  EFAULT,
		  "" },
		{ "too much memory",
		  { .image = image, .image_size = (1 << 26) + 1 },
		  E2BIG,
		  "the file has 67108865 bytes" },
		{ "a map that it does not have",
		  { .image = image,
		    .image_size = size,
		    .map_cnt = 1,
		    .map_fds = (uintptr_t)&null },
		  EINVAL,
		  "maps" },
		{ "more maps than memory",
		  { .image = image,
		    .image_size = size,
		    .map_cnt = UINT32_MAX,
		    .map_fds = (uintptr_t)&null },
		  EINVAL,
		  "maps" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct rex_obj_load_attr attr = cases[i].attr;
		int err;

		log[0] = 0;
		attr.log_buf = (uintptr_t)log;
		attr.log_size = sizeof(log);
		if (!attr.name[0])
			strcpy(attr.name, "test");
		err = raw_sys_bpf(REX_OBJ_LOAD, &attr, sizeof(attr));
		check(err == -cases[i].err && strstr(log, cases[i].says),
		      "load with %s: %s: '%s'", cases[i].what, strerror(-err),
		      log);
		if (err >= 0)
			close(err);
	}
	close(null);
}

/* The arguments are at most union bpf_attr, and what is behind them is 0. */
static void wrong_attr_sizes(int obj_fd)
{
	struct {
		struct rex_prog_get_attr attr;
		char behind[64];
	} get = { .attr = { .obj_fd = obj_fd,
			    .prog_type = BPF_PROG_TYPE_TRACEPOINT,
			    .name = PROGRAM } };
	char page[5000] = { 0 };
	int fd;

	fd = raw_sys_bpf(REX_PROG_GET, &get, sizeof(get));
	check(fd >= 0, "zeros behind the attribute: %s", strerror(-fd));
	if (fd >= 0)
		close(fd);
	get.behind[0] = 1;
	fd = raw_sys_bpf(REX_PROG_GET, &get, sizeof(get));
	check(fd == -EINVAL, "more behind the attribute: %s", strerror(-fd));
	fd = raw_sys_bpf(REX_PROG_GET, page, sizeof(page));
	check(fd == -E2BIG, "a huge attribute: %s", strerror(-fd));
	fd = raw_sys_bpf(REX_PROG_GET, (void *)4096, sizeof(get));
	check(fd == -EFAULT, "an attribute that is nowhere: %s", strerror(-fd));
}

/* A log buffer that is too small, or nowhere. */
static void logs(const struct elf_file *good)
{
	char log[] = "0123456789abcdef";
	struct rex_obj_load_attr attr = {
		.image = (uintptr_t)good->bytes,
		.image_size = 64,
		.log_buf = (uintptr_t)log,
		.log_size = 8,
		.name = "test",
	};
	int err = raw_sys_bpf(REX_OBJ_LOAD, &attr, sizeof(attr));

	check(err < 0 && !strcmp(log, "rex: ob") && log[8] == '8' &&
		      attr.log_true_size > 40,
	      "a small log: %s: '%s', %u bytes", strerror(-err), log,
	      attr.log_true_size);

	attr.log_true_size = 0;
	attr.log_buf = 4096;
	err = raw_sys_bpf(REX_OBJ_LOAD, &attr, sizeof(attr));
	check(err < 0, "a log that is nowhere: no error");
}

int main(void)
{
	REX_OPTS(rex_object_opts, opts, .object_name = "test");
	int files = open_files(), obj_fd, prog_fd;
	struct rex_object *object;
	struct elf_file good;
	char log[1024];

	elf_file_read(&good, OBJECT);
	obj_fd = raw_obj_load(good.bytes, good.size, NULL, 0, log, sizeof(log));
	if (obj_fd < 0)
		die("the good object does not load: %s: %s", strerror(-obj_fd),
		    log);
	object = rex_object__open_mem(good.bytes, good.size, &opts);
	if (!object || rex_object__load(object))
		die("the good object does not load");
	prog_fd = bpf_program__fd(rex_object__program(object, PROGRAM));

	in_prog_array(prog_fd);
	as_target(prog_fd);
	for (unsigned int type = 0; type < 64; type++)
		of_type(&good, type);
	of_type(&good, UINT32_MAX);
	wrong_prog_get(obj_fd);
	endless_names(obj_fd);
	wrong_object_fds(prog_fd);
	wrong_load(&good);
	wrong_attr_sizes(obj_fd);
	logs(&good);

	rex_object__close(object);
	close(obj_fd);
	elf_file_free(&good);
	check(open_files() == files, "%d files open before, %d after", files,
	      open_files());
	return checks_failed ? 1 : 0;
}
