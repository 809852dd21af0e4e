// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include <bpf/libbpf.h>
#include <librex.h>

#include "capture.h"
#include "fake_kernel.h"

char captured[16384];
char captured_debug[16384];
static int fds_before;

static int capture(enum rex_print_level level, const char *format, va_list args)
{
	char *to = level == REX_PRINT_ERROR ? captured : captured_debug;
	size_t len = strlen(to);

	return vsnprintf(to + len, sizeof(captured) - len, format, args);
}

void capture_clear(void)
{
	captured[0] = 0;
	captured_debug[0] = 0;
}

int count_lines(const char *text)
{
	int lines = 0;

	for (; *text; text++)
		lines += *text == '\n';
	return lines;
}

int count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int cnt = 0;

	assert_non_null(dir);
	while (readdir(dir))
		cnt++;
	closedir(dir);
	return cnt;
}

int capture_setup(void **state)
{
	(void)state;
	capture_clear();
	rex_set_print(capture);
	libbpf_set_print(NULL);
	fake_kernel_reset();
	fds_before = count_fds();
	return 0;
}

int capture_teardown(void **state)
{
	(void)state;
	fake_kernel_reset();
	if (count_fds() == fds_before)
		return 0;
	fprintf(stderr, "%d file descriptors before the test, %d after it\n",
		fds_before, count_fds());
	return -1;
}
