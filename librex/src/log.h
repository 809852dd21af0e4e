/* SPDX-License-Identifier: GPL-2.0 */
#ifndef REX_LOG_H
#define REX_LOG_H

/*
 * Prints "rex: object '<object>': <message>" as one line, whatever bytes the
 * names in it have. Returns -@err, for the caller to return.
 */
__attribute__((format(printf, 3, 4))) int rex_err(const char *object, int err,
						  const char *format, ...);

__attribute__((format(printf, 2, 3))) void rex_debug(const char *object,
						     const char *format, ...);

/* Prints each line of a log that the kernel wrote. */
void rex_print_log(int is_error, const char *log);

#endif
