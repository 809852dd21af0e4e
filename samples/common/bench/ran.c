// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include <bpf/bpf.h>

#include "ran.h"

/* The lines of a Rex program's fdinfo. */
static int read_fdinfo(int prog_fd, struct ran *ran)
{
	char path[64], line[256], name[64];
	unsigned long long value;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", prog_fd);
	file = fopen(path, "re");
	if (!file) {
		perror("benchmark: cannot read a program's fdinfo");
		return -1;
	}
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%63[^:]: %llu", name, &value) != 2)
			continue;
		if (!strcmp(name, "rex_panics") ||
		    !strcmp(name, "rex_faults") ||
		    !strcmp(name, "rex_timeouts"))
			ran->ends += value;
		else if (!strcmp(name, "rex_leaks"))
			ran->leaks = value;
	}
	fclose(file);
	return 0;
}

int ran_read(int prog_fd, struct ran *ran)
{
	struct bpf_prog_info info = { 0 };
	__u32 len = sizeof(info);

	*ran = (struct ran){ 0 };
	if (bpf_obj_get_info_by_fd(prog_fd, &info, &len)) {
		perror("benchmark: cannot ask about a program");
		return -1;
	}
	ran->runs = info.run_cnt;
	ran->misses = info.recursion_misses;
	return read_fdinfo(prog_fd, ran);
}
