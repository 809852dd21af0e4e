// SPDX-License-Identifier: GPL-2.0
/* Messages: one line each, to a function that the user may replace. */
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include <librex.h>

#include "log.h"

#define LINE_SIZE 1024

static atomic_int debug_enabled;

static int print_to_stderr(enum rex_print_level level, const char *format,
			   va_list args)
{
	if (level == REX_PRINT_DEBUG && !debug_enabled)
		return 0;
	return vfprintf(stderr, format, args);
}

static _Atomic rex_print_fn_t print_fn = print_to_stderr;

rex_print_fn_t rex_set_print(rex_print_fn_t fn)
{
	return atomic_exchange(&print_fn, fn);
}

void rex_set_debug(int enable)
{
	debug_enabled = enable;
}

__attribute__((format(printf, 2, 3))) static void
call_print_fn(enum rex_print_level level, const char *format, ...)
{
	rex_print_fn_t fn = print_fn;
	va_list args;

	if (!fn)
		return;
	va_start(args, format);
	fn(level, format, args);
	va_end(args);
}

/* Names come from files: none may fake a line or steer a terminal. */
static void print_line(enum rex_print_level level, char *line)
{
	for (char *c = line; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	call_print_fn(level, "%s\n", line);
}

static void print_about(enum rex_print_level level, const char *object,
			const char *format, va_list args)
{
	char line[LINE_SIZE];
	int len;

	len = snprintf(line, sizeof(line), "rex: object '%.255s': ", object);
	vsnprintf(line + len, sizeof(line) - len, format, args);
	print_line(level, line);
}

int rex_err(const char *object, int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_about(REX_PRINT_ERROR, object, format, args);
	va_end(args);
	return -err;
}

void rex_debug(const char *object, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_about(REX_PRINT_DEBUG, object, format, args);
	va_end(args);
}

void rex_print_log(int is_error, const char *log)
{
	enum rex_print_level level =
		is_error ? REX_PRINT_ERROR : REX_PRINT_DEBUG;
	char line[LINE_SIZE];

	while (*log) {
		size_t len = strcspn(log, "\n");

		snprintf(line, sizeof(line), "%.*s", (int)len, log);
		print_line(level, line);
		log += len;
		log += *log == '\n';
	}
}
