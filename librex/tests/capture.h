/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CAPTURE_H
#define CAPTURE_H

/* setjmp.h and stdarg.h: cmocka.h wants them first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/*
 * For each test: messages go to the two texts below, and the test fails if it
 * leaves a file descriptor behind.
 */
int capture_setup(void **state);
int capture_teardown(void **state);

/* Error messages so far, and debug messages. */
extern char captured[16384];
extern char captured_debug[16384];

void capture_clear(void);
int count_lines(const char *text);

/* The error messages are this one line, which has @part in it. */
#define assert_one_error(part)                              \
	do {                                                \
		assert_non_null(strstr(captured, part));    \
		assert_int_equal(count_lines(captured), 1); \
	} while (0)

int count_fds(void);

#define REX_TEST(name) \
	cmocka_unit_test_setup_teardown(name, capture_setup, capture_teardown)

#endif
