// SPDX-License-Identifier: GPL-2.0
/* Opening a good object: what libbpf and the user then see. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/libbpf.h>
#include <librex.h>

#include "capture.h"
#include "fixture.h"

static struct rex_object *open_good(void)
{
	struct fixture f = fixture_good();
	struct rex_object *obj = rex_object__open_mem(f.data, f.size, NULL);

	/* The object must not need it any more. */
	fixture_free(&f);
	assert_string_equal(captured, "");
	assert_non_null(obj);
	return obj;
}

static void libbpf_has_the_programs(void **state)
{
	struct rex_object *obj = open_good();
	struct bpf_object *bpf = rex_object__bpf_object(obj);
	struct bpf_program *prog;
	int i = 0;

	(void)state;
	bpf_object__for_each_program(prog, bpf)
	{
		const struct rex_prog_desc *want = &good_progs[i++];

		assert_string_equal(bpf_program__name(prog), want->name);
		assert_string_equal(bpf_program__section_name(prog),
				    want->section);
		assert_int_equal(bpf_program__type(prog), want->prog_type);
		assert_int_equal(bpf_program__expected_attach_type(prog),
				 want->expected_attach_type);
	}
	assert_int_equal(i, GOOD_PROGS);
	rex_object__close(obj);
}

static void libbpf_has_the_maps(void **state)
{
	struct rex_object *obj = open_good();
	struct bpf_object *bpf = rex_object__bpf_object(obj);
	struct bpf_map *map;
	int i = 0;

	(void)state;
	bpf_object__for_each_map(map, bpf)
	{
		const struct rex_elf_map *want = &good_maps[i++];

		assert_string_equal(bpf_map__name(map), want->name);
		assert_int_equal(bpf_map__type(map), want->handle.map_type);
		assert_int_equal(bpf_map__key_size(map), want->handle.key_size);
		assert_int_equal(bpf_map__value_size(map),
				 want->handle.value_size);
		assert_int_equal(bpf_map__max_entries(map),
				 want->handle.max_entries);
		assert_int_equal(bpf_map__map_flags(map),
				 want->handle.map_flags);
	}
	assert_int_equal(i, GOOD_MAPS);
	rex_object__close(obj);
}

/* How many maps libbpf has types of, of keys and of values. */
static int count_types(const struct fixture *f)
{
	struct rex_object *obj = rex_object__open_mem(f->data, f->size, NULL);
	struct bpf_map *map;
	int cnt = 0;

	assert_non_null(obj);
	bpf_object__for_each_map(map, rex_object__bpf_object(obj))
	{
		cnt += bpf_map__btf_key_type_id(map) &&
		       bpf_map__btf_value_type_id(map);
	}
	rex_object__close(obj);
	return cnt;
}

static void no_btf(struct fixture_types *types)
{
	types->btf.magic = 0;
}

static void strings_outside(struct fixture_types *types)
{
	types->btf.str_len = ~0u;
}

static void name_outside(struct fixture_types *types)
{
	types->byte[0] = ~0u;
}

static void type_of_itself(struct fixture_types *types)
{
	types->value[3] = types->head.value;
}

static void element_unknown(struct fixture_types *types)
{
	types->value[3] = 100;
}

static void kind_unknown(struct fixture_types *types)
{
	types->byte[1] = ~0u;
}

static void value_too_short(struct fixture_types *types)
{
	types->value[5]--;
}

static void key_unknown(struct fixture_types *types)
{
	types->head.key = 4;
}

static void value_unknown(struct fixture_types *types)
{
	types->head.value = ~0u;
}

static void map_unknown(struct fixture_types *types)
{
	types->head.name[0]++;
}

/* They are for tools only: without them the object is as good. */
static void types_that_do_not_fit_are_left_out(void **state)
{
	static void (*const spoil[])(struct fixture_types *types) = {
		no_btf,		 strings_outside, name_outside,
		type_of_itself,	 element_unknown, kind_unknown,
		value_too_short, key_unknown,	  value_unknown,
		map_unknown,
	};
	struct fixture f = fixture_good();

	(void)state;
	assert_int_equal(count_types(&f), GOOD_TYPES);
	fixture_free(&f);
	for (size_t i = 0; i < sizeof(spoil) / sizeof(spoil[0]); i++) {
		f = fixture_good();
		spoil[i](fixture_types(&f));
		if (count_types(&f) != GOOD_TYPES - 1)
			fail_msg("case %zu: %d maps have types", i,
				 count_types(&f));
		fixture_free(&f);
	}
}

static void values_of_maps_can_be_large(void **state)
{
	const struct rex_elf_map map = {
		"big",
		{ BPF_MAP_TYPE_HASH, 1, 1, 0xffffffff, 0, 0, 0 },
		NULL,
	};
	struct fixture f = fixture_new(good_progs, 1, &map, 1);
	struct rex_object *obj = rex_object__open_mem(f.data, f.size, NULL);
	struct bpf_object *bpf = rex_object__bpf_object(obj);
	struct bpf_map *big;

	(void)state;
	assert_non_null(obj);
	big = bpf_object__find_map_by_name(bpf, "big");
	assert_int_equal(bpf_map__max_entries(big), 0xffffffff);
	rex_object__close(obj);
	fixture_free(&f);
}

static void an_object_needs_no_maps(void **state)
{
	struct fixture f = fixture_new(good_progs, 1, NULL, 0);
	struct rex_object *obj = rex_object__open_mem(f.data, f.size, NULL);

	(void)state;
	assert_non_null(obj);
	assert_null(bpf_object__next_map(rex_object__bpf_object(obj), NULL));
	rex_object__close(obj);
	fixture_free(&f);
}

static int libbpf_lines;

static int count_libbpf(enum libbpf_print_level level, const char *format,
			va_list args)
{
	if (level != LIBBPF_DEBUG) {
		libbpf_lines++;
		vfprintf(stderr, format, args);
	}
	return 0;
}

static void libbpf_prints_nothing(void **state)
{
	(void)state;
	libbpf_lines = 0;
	libbpf_set_print(count_libbpf);
	rex_object__close(open_good());
	assert_int_equal(libbpf_lines, 0);
}

static void programs_are_found_by_name(void **state)
{
	struct rex_object *obj = open_good();
	struct bpf_program *prog = rex_object__program(obj, "filter");

	(void)state;
	assert_string_equal(bpf_program__name(prog), "filter");

	errno = 0;
	assert_null(rex_object__program(obj, "filtre"));
	assert_int_equal(errno, ENOENT);
	assert_one_error(
		"rex: object 'memory': program 'filtre': not in the object: it has 'on_dup', 'inject', ");

	errno = 0;
	assert_null(rex_object__program(obj, NULL));
	assert_int_equal(errno, EINVAL);
	assert_null(rex_object__program(NULL, "filter"));
	rex_object__close(obj);
}

static void files_give_the_object_its_name(void **state)
{
	struct fixture f = fixture_good();
	char *path = fixture_write(&f);
	struct rex_object *obj = rex_object__open(path, NULL);

	(void)state;
	assert_non_null(obj);
	assert_string_equal(rex_object__name(obj), strrchr(path, '/') + 1);
	rex_object__close(obj);
	unlink(path);
	free(path);
	fixture_free(&f);
}

static void a_path_without_slash_works(void **state)
{
	(void)state;
	assert_null(rex_object__open("no-such-object", NULL));
	assert_int_equal(errno, ENOENT);
	assert_one_error(
		"rex: object 'no-such-object': file 'no-such-object': ");
}

static void options_set_the_name(void **state)
{
	REX_OPTS(rex_object_opts, opts, .object_name = "mine");
	struct fixture f = fixture_good();
	struct rex_object *obj = rex_object__open_mem(f.data, f.size, &opts);

	(void)state;
	assert_string_equal(rex_object__name(obj), "mine");
	assert_string_equal(bpf_object__name(rex_object__bpf_object(obj)),
			    "mine");
	rex_object__close(obj);

	opts.object_name = "";
	obj = rex_object__open_mem(f.data, f.size, &opts);
	assert_string_equal(rex_object__name(obj), "memory");
	rex_object__close(obj);
	fixture_free(&f);
}

static void options_of_older_and_newer_callers(void **state)
{
	struct {
		struct rex_object_opts known;
		long unknown;
	} opts = { .known = { .sz = sizeof(opts), .object_name = "new" } };
	struct fixture f = fixture_good();
	struct rex_object *obj;

	(void)state;
	obj = rex_object__open_mem(f.data, f.size, &opts.known);
	assert_string_equal(rex_object__name(obj), "new");
	rex_object__close(obj);

	opts.unknown = 1;
	assert_null(rex_object__open_mem(f.data, f.size, &opts.known));
	assert_int_equal(errno, EINVAL);
	assert_one_error("update librex");

	/* One who knows no option has none read. */
	opts.known.sz = sizeof(opts.known.sz);
	obj = rex_object__open_mem(f.data, f.size, &opts.known);
	assert_string_equal(rex_object__name(obj), "memory");
	rex_object__close(obj);

	capture_clear();
	opts.known.sz = 0;
	assert_null(rex_object__open_mem(f.data, f.size, &opts.known));
	assert_int_equal(errno, EINVAL);
	assert_one_error("REX_OPTS");
	fixture_free(&f);
}

static void null_is_allowed_where_it_is_said(void **state)
{
	(void)state;
	rex_object__close(NULL);
	assert_null(rex_object__bpf_object(NULL));
	assert_null(rex_object__name(NULL));
	assert_null(rex_obj_get_bpf(NULL));
	assert_string_equal(captured, "");

	assert_int_equal(rex_object__load(NULL), -EINVAL);
	assert_int_equal(errno, EINVAL);
	assert_null(rex_object__open(NULL, NULL));
	assert_int_equal(errno, EINVAL);
	assert_one_error("the path is NULL");
	capture_clear();
	assert_null(rex_object__open_mem(NULL, 8, NULL));
	assert_int_equal(errno, EINVAL);
	assert_one_error("the image is NULL");
}

/* Files that are not worth reading */

static char dir[] = "/tmp/librex-test-XXXXXX";

static void no_file(const char *path, int err, const char *message)
{
	capture_clear();
	errno = 0;
	assert_null(rex_object__open(path, NULL));
	assert_int_equal(errno, err);
	assert_one_error(message);
}

static void wrong_files_are_refused(void **state)
{
	char path[64];

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/hello", dir);

	no_file(path, ENOENT, "'cargo build --release' makes the file");
	no_file(dir, EISDIR, "not a regular file");
	no_file("/dev/zero", EINVAL, "not a regular file");
	no_file("/dev/null/x", ENOTDIR, "check the path");

	/* Without a writer: must not hang. */
	assert_int_equal(mkfifo(path, 0600), 0);
	no_file(path, EINVAL, "not a regular file");
	unlink(path);

	close(open(path, O_CREAT | O_WRONLY, 0600));
	no_file(path, ENOEXEC, "rex: object 'hello': the file is empty: ");

	assert_int_equal(truncate(path, 1L << 40), 0);
	no_file(path, E2BIG, "1099511627776 bytes, at most 268435456");
	unlink(path);
	rmdir(dir);
}

static void images_can_be_too_large(void **state)
{
	(void)state;
	assert_null(rex_object__open_mem("", 1UL << 40, NULL));
	assert_int_equal(errno, E2BIG);
	assert_one_error("1099511627776 bytes, at most 268435456");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		REX_TEST(libbpf_has_the_programs),
		REX_TEST(libbpf_has_the_maps),
		REX_TEST(types_that_do_not_fit_are_left_out),
		REX_TEST(values_of_maps_can_be_large),
		REX_TEST(an_object_needs_no_maps),
		REX_TEST(libbpf_prints_nothing),
		REX_TEST(programs_are_found_by_name),
		REX_TEST(files_give_the_object_its_name),
		REX_TEST(a_path_without_slash_works),
		REX_TEST(options_set_the_name),
		REX_TEST(options_of_older_and_newer_callers),
		REX_TEST(null_is_allowed_where_it_is_said),
		REX_TEST(wrong_files_are_refused),
		REX_TEST(images_can_be_too_large),
	};

	return cmocka_run_group_tests_name("open", tests, NULL, NULL);
}
