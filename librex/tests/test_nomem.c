// SPDX-License-Identifier: GPL-2.0
/*
 * Each allocation that librex makes fails in turn, and each call of the C
 * library and of libbpf that can fail for want of memory. The linker sends
 * librex's calls here (--wrap).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <librex.h>

#include "capture.h"
#include "fake_kernel.h"
#include "fixture.h"

/* Calls until one fails; 0: none does. */
static int countdown;

static bool fails(void)
{
	if (!countdown || --countdown)
		return false;
	errno = ENOMEM;
	return true;
}

/* Defines __wrap_@name, which calls __real_@name unless it is to fail. */
#define WRAP(type, failure, name, params, args) \
	type __real_##name params;              \
	type __wrap_##name params;              \
	type __wrap_##name params               \
	{                                       \
		if (fails())                    \
			return failure;         \
		return __real_##name args;      \
	}

WRAP(void *, NULL, malloc, (size_t size), (size))
WRAP(void *, NULL, calloc, (size_t cnt, size_t size), (cnt, size))
WRAP(void *, NULL, realloc, (void *old, size_t size), (old, size))
WRAP(char *, NULL, strdup, (const char *s), (s))
WRAP(ssize_t, -1, read, (int fd, void *buf, size_t size), (fd, buf, size))
WRAP(struct bpf_object *, NULL, bpf_object__open_mem,
     (const void *buf, size_t size, const struct bpf_object_open_opts *opts),
     (buf, size, opts))
WRAP(struct btf *, NULL, btf__new_empty, (void), ())
WRAP(int, -ENOMEM, btf__add_int,
     (struct btf * btf, const char *name, size_t size, int encoding),
     (btf, name, size, encoding))
WRAP(int, -ENOMEM, btf__add_array,
     (struct btf * btf, int index, int elem, __u32 cnt),
     (btf, index, elem, cnt))
WRAP(int, -ENOMEM, btf__add_ptr, (struct btf * btf, int type), (btf, type))
WRAP(int, -ENOMEM, btf__add_struct,
     (struct btf * btf, const char *name, __u32 size), (btf, name, size))
WRAP(int, -ENOMEM, btf__add_field,
     (struct btf * btf, const char *name, int type, __u32 offset, __u32 bits),
     (btf, name, type, offset, bits))
WRAP(int, -ENOMEM, btf__add_var,
     (struct btf * btf, const char *name, int linkage, int type),
     (btf, name, linkage, type))
WRAP(int, -ENOMEM, btf__add_datasec,
     (struct btf * btf, const char *name, __u32 size), (btf, name, size))
WRAP(int, -ENOMEM, btf__add_datasec_var_info,
     (struct btf * btf, int var, __u32 offset, __u32 size),
     (btf, var, offset, size))
WRAP(const void *, NULL, btf__raw_data, (const struct btf *btf, __u32 *size),
     (btf, size))

static int open_and_load(const struct fixture *f)
{
	struct rex_object *obj = rex_object__open_mem(f->data, f->size, NULL);
	int err;

	if (!obj)
		return -errno;
	err = rex_object__load(obj);
	rex_object__close(obj);
	return err;
}

static void any_allocation_can_fail(void **state)
{
	struct fixture f = fixture_good();
	int call = 0, err;

	(void)state;
	do {
		capture_clear();
		countdown = ++call;
		err = open_and_load(&f);
		assert_true(!err || err == -ENOMEM);
		assert_int_equal(count_lines(captured), !!err);
	} while (countdown == 0);

	assert_int_equal(err, 0);
	assert_true(call > 100);
	countdown = 0;
	fixture_free(&f);
}

static void so_can_those_for_a_file(void **state)
{
	struct fixture f = fixture_good();
	char *path = fixture_write(&f);
	struct rex_object *obj;
	int call = 0;

	(void)state;
	do {
		capture_clear();
		countdown = ++call;
		obj = rex_object__open(path, NULL);
		assert_int_equal(count_lines(captured), !obj);
		rex_object__close(obj);
	} while (countdown == 0);
	assert_non_null(obj);
	countdown = 0;

	capture_clear();
	countdown = 1;
	assert_null(rex_obj_load(path));
	assert_int_equal(errno, ENOMEM);
	assert_int_equal(count_lines(captured), 1);

	unlink(path);
	free(path);
	fixture_free(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		REX_TEST(any_allocation_can_fail),
		REX_TEST(so_can_those_for_a_file),
	};

	return cmocka_run_group_tests_name("no memory", tests, NULL, NULL);
}
