/* SPDX-License-Identifier: GPL-2.0 */
/* Checks that print what was wrong and let the test go on. */
#ifndef TESTS_CHECK_H
#define TESTS_CHECK_H

#include <stdio.h>
#include <stdlib.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static __attribute__((unused)) int checks_failed;

/* check(condition, format, ...): the rest is printed when it does not hold. */
#define check(cond, ...)                                                \
	do {                                                            \
		if (!(cond)) {                                          \
			checks_failed++;                                \
			fprintf(stderr, "%s:%d: ", __FILE__, __LINE__); \
			fprintf(stderr, __VA_ARGS__);                   \
			fprintf(stderr, "\n");                          \
		}                                                       \
	} while (0)

/* For what a test can't go on without. */
#define die(...)                              \
	do {                                  \
		fprintf(stderr, __VA_ARGS__); \
		fprintf(stderr, "\n");        \
		exit(1);                      \
	} while (0)

#endif
