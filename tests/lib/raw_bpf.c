// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "check.h"
#include "elf_file.h"
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

int raw_obj_load_file(const char *path)
{
	struct elf_file file;
	char log[4096];
	int fd;

	elf_file_read(&file, path);
	fd = raw_obj_load(file.bytes, file.size, NULL, 0, log, sizeof(log));
	if (fd < 0)
		die("cannot load %s: %s: %s", path, strerror(-fd), log);
	elf_file_free(&file);
	return fd;
}

int raw_prog_get_attr(struct rex_prog_get_attr *attr, char *log,
		      size_t log_size)
{
	if (log_size)
		log[0] = 0;
	attr->log_buf = (uintptr_t)log;
	attr->log_size = log_size;
	return raw_sys_bpf(REX_PROG_GET, attr, sizeof(*attr));
}

int raw_prog_get(int obj_fd, const char *name, unsigned int prog_type,
		 char *log, size_t log_size)
{
	struct rex_prog_get_attr attr = {
		.obj_fd = obj_fd,
		.prog_type = prog_type,
	};

	strncpy(attr.name, name, sizeof(attr.name) - 1);
	return raw_prog_get_attr(&attr, log, log_size);
}

int raw_attach_tracepoint(int prog_fd, const char *name)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_TRACEPOINT,
		.sample_period = 1,
	};
	char path[128];
	FILE *file;
	int fd;

	snprintf(path, sizeof(path), "/sys/kernel/tracing/events/%s/id", name);
	file = fopen(path, "r");
	if (!file || fscanf(file, "%llu", &attr.config) != 1)
		die("cannot read %s: %m", path);
	fclose(file);
	fd = (int)syscall(__NR_perf_event_open, &attr, -1, 0, -1,
			  PERF_FLAG_FD_CLOEXEC);
	if (fd < 0 || ioctl(fd, PERF_EVENT_IOC_SET_BPF, prog_fd) ||
	    ioctl(fd, PERF_EVENT_IOC_ENABLE, 0))
		die("cannot attach to %s: %m", name);
	return fd;
}

unsigned long long fdinfo_number(int fd, const char *field)
{
	unsigned long long number;
	char path[64], line[256];
	size_t len = strlen(field);
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = fopen(path, "r");
	if (!file)
		die("cannot open %s: %m", path);
	while (fgets(line, sizeof(line), file)) {
		if (!strncmp(line, field, len) && line[len] == ':' &&
		    sscanf(line + len + 1, "%llu", &number) == 1) {
			fclose(file);
			return number;
		}
	}
	die("%s has no line %s", path, field);
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
