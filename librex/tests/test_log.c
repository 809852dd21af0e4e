// SPDX-License-Identifier: GPL-2.0
/* Messages: who gets them, and that each is one line. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <librex.h>

#include "../src/log.h"
#include "capture.h"

static int first(enum rex_print_level level, const char *format, va_list args)
{
	(void)level;
	(void)format;
	(void)args;
	return 0;
}

static void setting_a_function_returns_the_last(void **state)
{
	rex_print_fn_t before = rex_set_print(first);

	(void)state;
	assert_non_null(before);
	assert_ptr_equal(rex_set_print(NULL), first);
	assert_null(rex_set_print(before));
}

static void nowhere_is_allowed(void **state)
{
	(void)state;
	rex_set_print(NULL);
	assert_int_equal(rex_err("x", EINVAL, "lost"), -EINVAL);
	assert_string_equal(captured, "");
}

static void a_message_is_one_line(void **state)
{
	char name[3000];

	(void)state;
	rex_err("a\nb", EINVAL, "\033[2J%s", "tab\there");
	assert_string_equal(captured, "rex: object 'a?b': ?[2Jtab?here\n");

	capture_clear();
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = 0;
	rex_err(name, EINVAL, "%s", name);
	assert_int_equal(count_lines(captured), 1);
	assert_int_equal(strlen(captured), 1024);
	assert_non_null(strstr(captured, "': nnn"));
}

static void logs_are_split_in_lines(void **state)
{
	(void)state;
	rex_print_log(1, "one\n\ntwo\twords\nthree");
	assert_string_equal(captured, "one\n\ntwo?words\nthree\n");
	capture_clear();
	rex_print_log(1, "");
	assert_string_equal(captured, "");
}

/* What goes to stderr while @print runs. */
static void on_stderr(void (*print)(void), char *text, size_t size)
{
	int saved = dup(STDERR_FILENO);
	FILE *file = tmpfile();
	size_t len;

	assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
	print();
	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(file);
	len = fread(text, 1, size - 1, file);
	text[len] = 0;
	fclose(file);
}

static void print_both(void)
{
	rex_debug("x", "detail");
	rex_err("x", EINVAL, "wrong");
}

static void stderr_gets_debug_messages_on_demand(void **state)
{
	/* Set before the first test: the default. */
	rex_print_fn_t default_print = *state;
	char text[256];

	rex_set_print(default_print);
	on_stderr(print_both, text, sizeof(text));
	assert_string_equal(text, "rex: object 'x': wrong\n");

	rex_set_debug(1);
	on_stderr(print_both, text, sizeof(text));
	assert_string_equal(text, "rex: object 'x': detail\n"
				  "rex: object 'x': wrong\n");
	rex_set_debug(0);
	on_stderr(print_both, text, sizeof(text));
	assert_string_equal(text, "rex: object 'x': wrong\n");
}

int main(void)
{
	rex_print_fn_t default_print = rex_set_print(NULL);
	struct CMUnitTest tests[] = {
		REX_TEST(setting_a_function_returns_the_last),
		REX_TEST(nowhere_is_allowed),
		REX_TEST(a_message_is_one_line),
		REX_TEST(logs_are_split_in_lines),
		REX_TEST(stderr_gets_debug_messages_on_demand),
	};

	tests[4].initial_state = (void *)default_print;
	return cmocka_run_group_tests_name("messages", tests, NULL, NULL);
}
