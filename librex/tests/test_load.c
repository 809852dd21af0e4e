// SPDX-License-Identifier: GPL-2.0
/* Loading, with a bpf(2) that does as it is told. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/libbpf.h>
#include <librex.h>

#include "capture.h"
#include "fake_kernel.h"
#include "fixture.h"

static struct rex_object *open_good_with(const struct rex_object_opts *opts)
{
	struct fixture f = fixture_good();
	struct rex_object *obj = rex_object__open_mem(f.data, f.size, opts);

	fixture_free(&f);
	assert_non_null(obj);
	return obj;
}

static struct rex_object *open_good(void)
{
	return open_good_with(NULL);
}

/* Loading fails with @err, and nothing can be attached. */
static void assert_load_fails(struct rex_object *obj, int err)
{
	struct bpf_program *prog;

	errno = 0;
	assert_int_equal(rex_object__load(obj), -err);
	assert_int_equal(errno, err);
	bpf_object__for_each_program(prog, rex_object__bpf_object(obj))
		assert_true(bpf_program__fd(prog) < 0);
}

static void programs_take_the_place_of_placeholders(void **state)
{
	struct rex_object *obj = open_good();
	struct bpf_program *prog;
	int i = 0;

	(void)state;
	assert_int_equal(rex_object__load(obj), 0);
	assert_string_equal(captured, "");
	bpf_object__for_each_program(prog, rex_object__bpf_object(obj))
	{
		const struct fake_file *file = fake_file(bpf_program__fd(prog));
		const struct rex_prog_desc *want = &good_progs[i++];

		assert_non_null(file);
		assert_int_equal(file->kind, FAKE_REX_PROG);
		assert_string_equal(file->name, want->name);
		assert_int_equal(file->prog_type, want->prog_type);
		assert_int_equal(file->attach_type, want->expected_attach_type);
		assert_true(fcntl(bpf_program__fd(prog), F_GETFD) & FD_CLOEXEC);
	}
	assert_int_equal(i, GOOD_PROGS);
	rex_object__close(obj);
}

static void the_kernel_gets_the_file_as_it_is(void **state)
{
	struct fixture f = fixture_good();
	struct rex_object *obj = open_good();

	(void)state;
	assert_int_equal(rex_object__load(obj), 0);
	assert_int_equal(fake_kernel.loads, 1);
	assert_int_equal(fake_kernel.load.image_size, f.size);
	assert_memory_equal(fake_kernel.image, f.data, f.size);
	assert_int_equal(fake_kernel.load.flags, 0);
	assert_int_equal(fake_kernel.load.keyring_id, 0);
	assert_string_equal(fake_kernel.load.name, "memory");
	rex_object__close(obj);
	fixture_free(&f);
}

static void maps_are_passed_in_the_order_of_the_object(void **state)
{
	struct rex_object *obj = open_good();

	(void)state;
	assert_int_equal(rex_object__load(obj), 0);
	assert_int_equal(fake_kernel.load.map_cnt, GOOD_MAPS);
	for (int i = 0; i < GOOD_MAPS; i++)
		assert_string_equal(fake_kernel.map_names[i],
				    good_maps[i].name);
	rex_object__close(obj);
}

static void maps_are_created_as_declared(void **state)
{
	struct rex_object *obj = open_good();
	struct bpf_object *bpf = rex_object__bpf_object(obj);

	(void)state;
	assert_int_equal(rex_object__load(obj), 0);
	for (int i = 0; i < GOOD_MAPS; i++) {
		const struct rex_map_handle *want = &good_maps[i].handle;
		const struct fake_file *file = fake_file(
			bpf_object__find_map_fd_by_name(bpf,
							good_maps[i].name));

		assert_non_null(file);
		assert_int_equal(file->map_type, want->map_type);
		assert_int_equal(file->key_size, want->key_size);
		assert_int_equal(file->value_size, want->value_size);
		assert_int_equal(file->map_flags, want->map_flags);
		/* libbpf makes it one per CPU where it is 0. */
		if (want->max_entries)
			assert_int_equal(file->max_entries, want->max_entries);
	}
	rex_object__close(obj);
}

static void maps_can_be_changed_before_the_load(void **state)
{
	struct rex_object *obj = open_good();
	struct bpf_object *bpf = rex_object__bpf_object(obj);
	struct bpf_map *map = bpf_object__find_map_by_name(bpf, "counts");

	(void)state;
	assert_int_equal(bpf_map__set_max_entries(map, 1024), 0);
	assert_int_equal(rex_object__load(obj), 0);
	assert_int_equal(fake_file(bpf_map__fd(map))->max_entries, 1024);
	rex_object__close(obj);
}

static void maps_need_entries(void **state)
{
	struct rex_object *obj = open_good();
	struct bpf_object *bpf = rex_object__bpf_object(obj);

	(void)state;
	bpf_map__set_max_entries(bpf_object__find_map_by_name(bpf, "counts"),
				 0);
	assert_load_fails(obj, EINVAL);
	assert_one_error("map 'counts': max_entries is 0: ");
	rex_object__close(obj);
}

static void maps_are_all_needed(void **state)
{
	struct rex_object *obj = open_good();
	struct bpf_object *bpf = rex_object__bpf_object(obj);

	(void)state;
	bpf_map__set_autocreate(bpf_object__find_map_by_name(bpf, "counts"),
				false);
	assert_load_fails(obj, EINVAL);
	assert_one_error("map 'counts': autocreate is off: ");
	assert_int_equal(fake_kernel.loads, 0);
	rex_object__close(obj);
}

static void programs_can_be_left_out(void **state)
{
	struct rex_object *obj = open_good();
	struct bpf_program *inject = rex_object__program(obj, "inject");
	struct bpf_program *sample = rex_object__program(obj, "sample");

	(void)state;
	bpf_program__set_autoload(inject, false);
	assert_int_equal(rex_object__load(obj), 0);
	assert_true(bpf_program__fd(inject) < 0);
	assert_int_equal(fake_file(bpf_program__fd(sample))->kind,
			 FAKE_REX_PROG);
	rex_object__close(obj);
}

static void programs_keep_their_type(void **state)
{
	struct rex_object *obj = open_good();

	(void)state;
	bpf_program__set_type(rex_object__program(obj, "inject"),
			      BPF_PROG_TYPE_TRACEPOINT);
	assert_load_fails(obj, EINVAL);
	assert_one_error("program 'inject': compiled as type 2 (kprobe), but ");
	rex_object__close(obj);
}

static void an_object_is_loaded_once(void **state)
{
	struct rex_object *obj = open_good();
	struct bpf_program *prog = rex_object__program(obj, "inject");

	(void)state;
	assert_int_equal(rex_object__load(obj), 0);
	assert_int_equal(rex_object__load(obj), -EBUSY);
	assert_one_error("it was loaded before");
	/* and stays */
	assert_int_equal(fake_file(bpf_program__fd(prog))->kind, FAKE_REX_PROG);
	rex_object__close(obj);
}

static void libbpf_must_not_load_it(void **state)
{
	struct rex_object *obj = open_good();

	(void)state;
	assert_int_equal(bpf_object__load(rex_object__bpf_object(obj)), 0);
	assert_int_equal(rex_object__load(obj), -EBUSY);
	assert_one_error("program 'on_dup': already loaded by libbpf: ");
	rex_object__close(obj);
}

static void a_kernel_without_rex_is_told_apart(void **state)
{
	struct rex_object *obj = open_good();

	(void)state;
	fake_kernel.no_rex = true;
	assert_load_fails(obj, EOPNOTSUPP);
	assert_one_error(
		"rex: object 'memory': this kernel has no Rex: boot one with CONFIG_REX=y");
	/* It was found out before anything was created. */
	assert_int_equal(fake_kernel.calls, 1);
	rex_object__close(obj);
}

static void without_privilege_the_cure_is_named(void **state)
{
	struct rex_object *obj = open_good();

	(void)state;
	fake_kernel.no_privilege = true;
	assert_load_fails(obj, EPERM);
	assert_one_error("run as root: this needs CAP_SYS_MODULE");
	rex_object__close(obj);
}

#define OTHER_KERNEL                                                \
	"rex: object 'memory': section '.note.rex': built for "     \
	"6.12.1, this kernel is 6.12.117: rebuild it against this " \
	"kernel\n"

static void the_kernels_reason_is_passed_on(void **state)
{
	struct rex_object *obj = open_good();

	(void)state;
	fake_kernel.load_errno = ENOEXEC;
	fake_kernel.log = OTHER_KERNEL;
	assert_load_fails(obj, ENOEXEC);
	assert_string_equal(captured, OTHER_KERNEL);
	rex_object__close(obj);
}

static void the_users_log_buffer_is_used(void **state)
{
	char buf[1024] = "old";
	REX_OPTS(rex_object_opts, opts, .kernel_log_buf = buf,
		 .kernel_log_size = sizeof(buf));
	struct rex_object *obj = open_good_with(&opts);

	(void)state;
	assert_string_equal(buf, "");
	fake_kernel.load_errno = ENOEXEC;
	fake_kernel.log = OTHER_KERNEL;
	assert_load_fails(obj, ENOEXEC);
	assert_string_equal(captured, OTHER_KERNEL);
	assert_string_equal(buf, OTHER_KERNEL);
	rex_object__close(obj);
}

static void a_small_log_buffer_is_not_overrun(void **state)
{
	for (size_t size = 0; size < 40; size++) {
		char *buf = malloc(size + 1);
		REX_OPTS(rex_object_opts, opts, .kernel_log_buf = buf,
			 .kernel_log_size = size);
		struct rex_object *obj = open_good_with(&opts);

		(void)state;
		buf[size] = 'x';
		capture_clear();
		fake_kernel.load_errno = ENOEXEC;
		fake_kernel.log = OTHER_KERNEL;
		assert_load_fails(obj, ENOEXEC);
		assert_int_equal(count_lines(captured), 1);
		assert_int_equal(buf[size], 'x');
		if (size)
			assert_int_equal(strlen(buf), size - 1);
		rex_object__close(obj);
		free(buf);
	}
}

static void lines_of_success_are_for_debugging(void **state)
{
	struct rex_object *obj = open_good();

	(void)state;
	fake_kernel.log = "rex: object 'memory': a remark\nanother\n";
	assert_int_equal(rex_object__load(obj), 0);
	assert_string_equal(captured, "");
	assert_non_null(strstr(captured_debug,
			       "rex: object 'memory': a remark\nanother\n"));
	rex_object__close(obj);
}

static void without_a_reason_there_is_a_line_too(void **state)
{
	struct rex_object *obj = open_good();

	(void)state;
	fake_kernel.load_errno = ENOMEM;
	assert_load_fails(obj, ENOMEM);
	assert_one_error(
		"rex: object 'memory': REX_OBJ_LOAD: the kernel refuses: Cannot allocate memory: free memory");
	rex_object__close(obj);

	capture_clear();
	obj = open_good();
	fake_kernel.load_errno = EFAULT;
	assert_load_fails(obj, EFAULT);
	assert_one_error("Bad address: check that the kernel log buffer");
	rex_object__close(obj);
}

static void a_program_can_be_refused(void **state)
{
	struct rex_object *obj = open_good();

	(void)state;
	fake_kernel.get_fails = "ingress";
	fake_kernel.get_errno = EACCES;
	fake_kernel.log =
		"rex: object 'memory': program 'ingress': no such helper: use another\n";
	assert_load_fails(obj, EACCES);
	assert_string_equal(captured, fake_kernel.log);
	rex_object__close(obj);
}

static void a_placeholder_can_stay(void **state)
{
	struct rex_object *obj = open_good();

	(void)state;
	fake_kernel.fail_dup3 = true;
	assert_load_fails(obj, EMFILE);
	assert_one_error(
		"program 'on_dup': cannot put it in place of its placeholder: ");
	rex_object__close(obj);
}

static void a_failed_load_is_not_tried_again(void **state)
{
	struct rex_object *obj = open_good();

	(void)state;
	fake_kernel.load_errno = EBUSY;
	assert_load_fails(obj, EBUSY);
	fake_kernel.load_errno = 0;
	capture_clear();
	assert_load_fails(obj, EBUSY);
	assert_one_error("it was loaded before: open it again");
	rex_object__close(obj);
}

/*
 * Each call of bpf(2) fails in turn. Some failures libbpf survives: it asks for
 * features of the kernel, and tries placeholders twice.
 */
static void any_call_can_fail(void **state)
{
	static const int errnos[] = { EPERM, EINVAL, ENOMEM, E2BIG, EMFILE };
	int fds = count_fds();

	(void)state;
	for (size_t e = 0; e < sizeof(errnos) / sizeof(errnos[0]); e++) {
		int failures = 0;

		for (int call = 1;; call++) {
			struct rex_object *obj = open_good();
			int err;

			capture_clear();
			fake_kernel_reset();
			fake_kernel.fail_call = call;
			fake_kernel.fail_errno = errnos[e];
			err = rex_object__load(obj);
			assert_int_equal(count_lines(captured), !!err);
			failures += !!err;
			call = fake_kernel.calls < call ? -1 : call;
			rex_object__close(obj);
			assert_int_equal(count_fds(), fds);
			if (call < 0)
				break;
		}
		/*
		 * the object, each program, and each map but those with types,
		 * which libbpf tries again without
		 */
		assert_true(failures >=
			    1 + GOOD_PROGS + GOOD_MAPS - GOOD_TYPES);
	}
}

static void names_for_the_kernel_are_valid(void **state)
{
	REX_OPTS(rex_object_opts, opts,
		 .object_name = "a b\n\xc3\xa4-_.Z9 and far too long a name");
	struct rex_object *obj = open_good_with(&opts);

	(void)state;
	assert_int_equal(rex_object__load(obj), 0);
	assert_string_equal(fake_kernel.load.name,
			    "a_b___-_.Z9_and_far_too_long_a_");
	rex_object__close(obj);
}

/* The calls of the first Rex */

static void the_first_calls_open_and_load(void **state)
{
	struct fixture f = fixture_new(good_progs, GOOD_PROGS, NULL, 0);
	char *path = fixture_write(&f);
	struct bpf_program *prog;
	struct rex_obj *obj;
	int fd;

	(void)state;
	obj = rex_obj_load(path);
	assert_non_null(obj);
	prog = bpf_object__find_program_by_name(rex_obj_get_bpf(obj), "inject");
	assert_int_equal(fake_file(bpf_program__fd(prog))->kind, FAKE_REX_PROG);

	/* The library has them until the process ends: a second one, too. */
	assert_non_null(rex_obj_load(path));
	assert_int_equal(fake_kernel.loads, 2);

	for (int i = 0; i < 2 * GOOD_PROGS; i++) {
		for (fd = 3; !fake_file(fd); fd++)
			;
		close(fd);
	}
	unlink(path);
	free(path);
	fixture_free(&f);
}

static void the_first_calls_fail_cleanly(void **state)
{
	struct fixture f = fixture_good();
	char *path = fixture_write(&f);

	(void)state;
	assert_null(rex_obj_load("/no/such/file"));
	assert_int_equal(errno, ENOENT);
	assert_one_error("rex: object 'file': file '/no/such/file': ");

	capture_clear();
	fake_kernel.no_rex = true;
	assert_null(rex_obj_load(path));
	assert_int_equal(errno, EOPNOTSUPP);
	assert_one_error("this kernel has no Rex");

	capture_clear();
	assert_null(rex_obj_load(NULL));
	assert_int_equal(errno, EINVAL);
	assert_one_error("the path is NULL");
	unlink(path);
	free(path);
	fixture_free(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		REX_TEST(programs_take_the_place_of_placeholders),
		REX_TEST(the_kernel_gets_the_file_as_it_is),
		REX_TEST(maps_are_passed_in_the_order_of_the_object),
		REX_TEST(maps_are_created_as_declared),
		REX_TEST(maps_can_be_changed_before_the_load),
		REX_TEST(maps_need_entries),
		REX_TEST(maps_are_all_needed),
		REX_TEST(programs_can_be_left_out),
		REX_TEST(programs_keep_their_type),
		REX_TEST(an_object_is_loaded_once),
		REX_TEST(libbpf_must_not_load_it),
		REX_TEST(a_kernel_without_rex_is_told_apart),
		REX_TEST(without_privilege_the_cure_is_named),
		REX_TEST(the_kernels_reason_is_passed_on),
		REX_TEST(the_users_log_buffer_is_used),
		REX_TEST(a_small_log_buffer_is_not_overrun),
		REX_TEST(lines_of_success_are_for_debugging),
		REX_TEST(without_a_reason_there_is_a_line_too),
		REX_TEST(a_program_can_be_refused),
		REX_TEST(a_placeholder_can_stay),
		REX_TEST(a_failed_load_is_not_tried_again),
		REX_TEST(any_call_can_fail),
		REX_TEST(names_for_the_kernel_are_valid),
		REX_TEST(the_first_calls_open_and_load),
		REX_TEST(the_first_calls_fail_cleanly),
	};

	return cmocka_run_group_tests_name("load", tests, NULL, NULL);
}
