// SPDX-License-Identifier: GPL-2.0
/*
 * Files that are no good objects: each is refused by the kernel and by librex
 * with its errno and one line that names object, place and cure, and nothing is
 * left behind.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <librex.h>

#include "lib/bad_file.h"
#include "lib/check.h"
#include "lib/raw_bpf.h"

#define GOOD_OBJECT \
	"../samples/map_test/target/x86_64-unknown-none/release/map_test"
#define MAPS 2

/* What librex printed last. */
static char printed[4096];

__attribute__((format(printf, 2, 0))) static int
keep_line(enum rex_print_level level, const char *format, va_list args)
{
	size_t len = strlen(printed);

	if (level == REX_PRINT_ERROR)
		vsnprintf(printed + len, sizeof(printed) - len, format, args);
	return 0;
}

/* libbpf's own messages would be noise here. */
static int no_line(enum libbpf_print_level level, const char *format,
		   va_list args)
{
	(void)level, (void)format, (void)args;
	return 0;
}

/* One line: the object, the place, what is wrong, and what to do. */
static void check_line(const char *what, const char *by, const char *object,
		       const char *line, const char *says)
{
	char start[64];
	const char *at = line;
	int colons = 0;

	snprintf(start, sizeof(start), "rex: object '%s': ", object);
	while ((at = strstr(at, ": "))) {
		colons++;
		at++;
	}
	check(!strncmp(line, start, strlen(start)) && colons >= 3 &&
		      strchr(line, '\n') == line + strlen(line) - 1 &&
		      strstr(line, says),
	      "%s: %s says\n  %sexpected one line '%s<place>: <what is wrong>: <what to do>' with\n  %s",
	      what, by, line, start, says);
}

/* Loads and fetches all programs of the good object; 0 or an errno. */
static int load_raw(const struct elf_file *file, const int *map_fds, char *log,
		    size_t log_size)
{
	struct rex_prog_desc prog = { 0 };
	int obj_fd, prog_fd;

	obj_fd = raw_obj_load(file->bytes, file->size, map_fds, MAPS, log,
			      log_size);
	if (obj_fd < 0)
		return -obj_fd;

	memcpy(&prog, elf_progs(file, NULL), sizeof(prog));
	prog_fd =
		raw_prog_get(obj_fd, prog.name, prog.prog_type, log, log_size);
	close(obj_fd);
	if (prog_fd < 0)
		return -prog_fd;
	close(prog_fd);
	return 0;
}

static int load_librex(const struct elf_file *file)
{
	REX_OPTS(rex_object_opts, opts, .object_name = "test");
	struct rex_object *obj;
	int err = 0;

	printed[0] = 0;
	obj = rex_object__open_mem(file->bytes, file->size, &opts);
	if (!obj)
		return errno;
	err = -rex_object__load(obj);
	rex_object__close(obj);
	return err;
}

static void try(const struct bad_file *bad, const struct elf_file *good,
		const int *map_fds)
{
	int kernel_err = bad->kernel_err, librex_err = bad->librex_err;
	const char *says = bad->librex_says;
	int err, files = open_files();
	struct elf_file file;
	char log[4096];

	elf_file_copy(&file, good);
	spoil(&file, bad);

	err = load_raw(&file, map_fds, log, sizeof(log));
	check(err == kernel_err, "%s: the kernel says %s, expected %s: %s",
	      bad->what, strerror(err), strerror(kernel_err), log);
	if (err && err == kernel_err)
		check_line(bad->what, "the kernel", "test", log,
			   bad->kernel_says);

	err = load_librex(&file);
	if (!librex_err)
		librex_err = kernel_err;
	check(err == librex_err, "%s: librex says %s, expected %s: %s",
	      bad->what, strerror(err), strerror(librex_err), printed);
	if (err && err == librex_err)
		check_line(bad->what, "librex", "test", printed,
			   says ? says : bad->kernel_says);

	check(open_files() == files, "%s: %d files open before, %d after",
	      bad->what, files, open_files());
	elf_file_free(&file);
}

static void try_all(const struct bad_file *bad, size_t cnt,
		    const struct elf_file *good, const int *map_fds)
{
	for (size_t i = 0; i < cnt; i++)
		try(&bad[i], good, map_fds);
}

static void no_such_file(void)
{
	struct rex_object *obj;

	printed[0] = 0;
	obj = rex_object__open("./no-such-file", NULL);
	check(!obj && errno == ENOENT, "no such file: %s", strerror(errno));
	check_line("no such file", "librex", "no-such-file", printed,
		   "'./no-such-file'");
}

int main(void)
{
	REX_OPTS(rex_object_opts, opts, .object_name = "test");
	int map_fds[MAPS], err, i = 0;
	struct rex_object *object;
	struct elf_file good;
	struct bpf_map *map;
	char log[4096];

	libbpf_set_print(no_line);
	rex_set_print(keep_line);
	elf_file_read(&good, GOOD_OBJECT);

	/* Its maps serve for all, and it shows that the file is good. */
	object = rex_object__open_mem(good.bytes, good.size, &opts);
	if (!object || rex_object__load(object))
		die("the good object does not load: %s", printed);
	bpf_object__for_each_map(map, rex_object__bpf_object(object))
		map_fds[i++] = bpf_map__fd(map);
	err = load_raw(&good, map_fds, log, sizeof(log));
	if (err)
		die("the good object does not load: %s: %s", strerror(err),
		    log);

	no_such_file();
	try_all(bad_elf, bad_elf_cnt, &good, map_fds);
	try_all(bad_links, bad_links_cnt, &good, map_fds);
	try_all(bad_tables, bad_tables_cnt, &good, map_fds);

	rex_object__close(object);
	elf_file_free(&good);
	if (checks_failed)
		printf("%d checks failed\n", checks_failed);
	return checks_failed ? 1 : 0;
}
