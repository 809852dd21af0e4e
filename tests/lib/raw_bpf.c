// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "check.h"
#include "raw_bpf.h"

int raw_sys_bpf(int cmd, void *attr, size_t size)
{
	long ret = syscall(__NR_bpf, cmd, attr, size);

	return ret < 0 ? -errno : (int)ret;
}

int raw_obj_load(const void *image, size_t size, const int *map_fds,
		 size_t map_cnt, char *log, size_t log_size)
{
	struct rex_obj_load_attr attr = {
		.image = (uintptr_t)image,
		.image_size = size,
		.map_fds = (uintptr_t)map_fds,
		.map_cnt = map_cnt,
		.log_buf = (uintptr_t)log,
		.log_size = log_size,
		.name = "test",
	};

	if (log_size)
		log[0] = 0;
	return raw_sys_bpf(REX_OBJ_LOAD, &attr, sizeof(attr));
}

int raw_prog_get(int obj_fd, const char *name, unsigned int prog_type,
		 char *log, size_t log_size)
{
	struct rex_prog_get_attr attr = {
		.obj_fd = obj_fd,
		.prog_type = prog_type,
		.log_buf = (uintptr_t)log,
		.log_size = log_size,
	};

	if (log_size)
		log[0] = 0;
	strncpy(attr.name, name, sizeof(attr.name) - 1);
	return raw_sys_bpf(REX_PROG_GET, &attr, sizeof(attr));
}

int open_files(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int cnt = 0;

	if (!dir)
		die("cannot read /proc/self/fd: %m");
	while (readdir(dir))
		cnt++;
	closedir(dir);
	/* ".", ".." and the directory itself. */
	return cnt - 3;
}
