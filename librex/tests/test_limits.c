// SPDX-License-Identifier: GPL-2.0
/* What a user sets per program, and how the kernel gets it. */
#include <errno.h>
#include <limits.h>

#include <bpf/libbpf.h>
#include <librex.h>

#include "capture.h"
#include "fake_kernel.h"
#include "fixture.h"

static struct rex_object *open_good(void)
{
	struct fixture f = fixture_good();
	struct rex_object *obj = rex_object__open_mem(f.data, f.size, NULL);

	fixture_free(&f);
	assert_non_null(obj);
	return obj;
}

/* The program as the kernel was asked for it. */
static const struct fake_file *loaded(const struct rex_object *obj,
				      const char *name)
{
	return fake_file(bpf_program__fd(rex_object__program(obj, name)));
}

static void the_kernel_gets_what_was_set(void **state)
{
	struct rex_object *obj = open_good();
	struct bpf_program *inject = rex_object__program(obj, "inject");

	(void)state;
	assert_int_equal(rex_object__set_budget_ms(obj, inject, 20), 0);
	assert_int_equal(rex_object__set_max_exits(obj, inject, 3), 0);
	assert_int_equal(rex_object__load(obj), 0);
	assert_int_equal(loaded(obj, "inject")->budget_ms, 20);
	assert_int_equal(loaded(obj, "inject")->max_exits, 3);
	assert_string_equal(captured, "");
	rex_object__close(obj);
}

static void without_a_call_the_kernel_decides(void **state)
{
	struct rex_object *obj = open_good();

	(void)state;
	assert_int_equal(rex_object__set_budget_ms(obj,
						   rex_object__program(obj,
								       "inject"),
						   20),
			 0);
	assert_int_equal(rex_object__load(obj), 0);
	assert_int_equal(loaded(obj, "sample")->budget_ms, 0);
	assert_int_equal(loaded(obj, "sample")->max_exits, 0);
	rex_object__close(obj);
}

static void budgets_have_bounds(void **state)
{
	static const unsigned int good[] = { 1, 2, 999, 1000 };
	static const unsigned int bad[] = { 0, 1001, 100000, UINT_MAX };
	struct rex_object *obj = open_good();
	struct bpf_program *prog = rex_object__program(obj, "inject");

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		capture_clear();
		errno = 0;
		assert_int_equal(rex_object__set_budget_ms(obj, prog, bad[i]),
				 -EINVAL);
		assert_int_equal(errno, EINVAL);
		assert_one_error("ms was asked for: give 1 to 1000");
	}
	capture_clear();
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_int_equal(rex_object__set_budget_ms(obj, prog, good[i]),
				 0);
	assert_string_equal(captured, "");
	rex_object__close(obj);
}

static void a_refused_budget_changes_nothing(void **state)
{
	struct rex_object *obj = open_good();
	struct bpf_program *prog = rex_object__program(obj, "inject");

	(void)state;
	assert_int_equal(rex_object__set_budget_ms(obj, prog, 7), 0);
	assert_int_equal(rex_object__set_budget_ms(obj, prog, 1001), -EINVAL);
	assert_int_equal(rex_object__load(obj), 0);
	assert_int_equal(loaded(obj, "inject")->budget_ms, 7);
	rex_object__close(obj);
}

static void any_number_of_exits_will_do(void **state)
{
	struct rex_object *obj = open_good();
	struct bpf_program *prog = rex_object__program(obj, "inject");

	(void)state;
	assert_int_equal(rex_object__set_max_exits(obj, prog, UINT_MAX), 0);
	assert_int_equal(rex_object__set_max_exits(obj, prog, 0), 0);
	assert_int_equal(rex_object__load(obj), 0);
	assert_int_equal(loaded(obj, "inject")->max_exits, 0);
	rex_object__close(obj);
}

static void after_the_load_it_is_too_late(void **state)
{
	struct rex_object *obj = open_good();
	struct bpf_program *prog = rex_object__program(obj, "inject");

	(void)state;
	assert_int_equal(rex_object__load(obj), 0);
	assert_int_equal(rex_object__set_budget_ms(obj, prog, 20), -EBUSY);
	assert_one_error("program 'inject': budget: it was loaded before");
	capture_clear();
	assert_int_equal(rex_object__set_max_exits(obj, prog, 1), -EBUSY);
	assert_int_equal(errno, EBUSY);
	assert_one_error("program 'inject': max_exits: it was loaded before");
	rex_object__close(obj);
}

static void programs_belong_to_their_object(void **state)
{
	struct rex_object *obj = open_good(), *other = open_good();
	struct bpf_program *prog = rex_object__program(other, "inject");

	(void)state;
	assert_int_equal(rex_object__set_budget_ms(obj, prog, 20), -ENOENT);
	assert_int_equal(errno, ENOENT);
	assert_one_error("program 'inject': budget: it is another object's");
	rex_object__close(obj);
	rex_object__close(other);
}

static void null_is_an_error(void **state)
{
	struct rex_object *obj = open_good();
	struct bpf_program *prog = rex_object__program(obj, "inject");

	(void)state;
	assert_int_equal(rex_object__set_budget_ms(NULL, prog, 20), -EINVAL);
	assert_one_error("budget: the object or the program is NULL");
	capture_clear();
	assert_int_equal(rex_object__set_max_exits(obj, NULL, 1), -EINVAL);
	assert_one_error("max_exits: the object or the program is NULL");
	rex_object__close(obj);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		REX_TEST(the_kernel_gets_what_was_set),
		REX_TEST(without_a_call_the_kernel_decides),
		REX_TEST(budgets_have_bounds),
		REX_TEST(a_refused_budget_changes_nothing),
		REX_TEST(any_number_of_exits_will_do),
		REX_TEST(after_the_load_it_is_too_late),
		REX_TEST(programs_belong_to_their_object),
		REX_TEST(null_is_an_error),
	};

	return cmocka_run_group_tests_name("limits", tests, NULL, NULL);
}
