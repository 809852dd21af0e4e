/* SPDX-License-Identifier: GPL-2.0 */
/* Numbers in arguments. */
#ifndef SAMPLES_NUMBER_H
#define SAMPLES_NUMBER_H

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

/* Whether @text is a decimal number from @min to @max, which then is in @number. */
static inline bool parse_number(const char *text, long min, long max,
				long *number)
{
	char *end;

	/* strtol() itself skips spaces. */
	if (!isdigit((unsigned char)text[*text == '-']))
		return false;
	errno = 0;
	*number = strtol(text, &end, 10);
	return !errno && !*end && *number >= min && *number <= max;
}

#endif
