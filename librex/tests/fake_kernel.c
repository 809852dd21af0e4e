// SPDX-License-Identifier: GPL-2.0
/*
 * libbpf and librex both reach bpf(2) through the C library's syscall(): the
 * one defined here comes first.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fake_kernel.h"

#define FILES_MAX 4096

struct fake_kernel fake_kernel;

static struct fake_file files[FILES_MAX];
static int file_cnt;

void fake_kernel_reset(void)
{
	free(fake_kernel.image);
	fake_kernel = (struct fake_kernel){ 0 };
	file_cnt = 0;
}

const struct fake_file *fake_file(int fd)
{
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		return NULL;
	/* The newest first: inodes are used again. */
	for (int i = file_cnt - 1; i >= 0; i--)
		if (files[i].inode == st.st_ino)
			return &files[i];
	return NULL;
}

static int new_file(struct fake_file file, const char *name)
{
	struct stat st;
	int fd = memfd_create("fake", MFD_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) || file_cnt == FILES_MAX)
		abort();
	file.inode = st.st_ino;
	snprintf(file.name, sizeof(file.name), "%s", name);
	files[file_cnt++] = file;
	return fd;
}

static int fail(int err)
{
	errno = err;
	return -1;
}

static void write_log(__u64 buf, __u32 size)
{
	if (buf && size)
		snprintf((char *)(uintptr_t)buf, size, "%s",
			 fake_kernel.log ? fake_kernel.log : "");
}

static int obj_load(struct rex_obj_load_attr *attr)
{
	const int *map_fds = (const int *)(uintptr_t)attr->map_fds;

	fake_kernel.loads++;
	fake_kernel.load = *attr;
	free(fake_kernel.image);
	fake_kernel.image = malloc(attr->image_size);
	if (!fake_kernel.image)
		return fail(ENOMEM);
	memcpy(fake_kernel.image, (void *)(uintptr_t)attr->image,
	       attr->image_size);
	write_log(attr->log_buf, attr->log_size);
	if (fake_kernel.load_errno)
		return fail(fake_kernel.load_errno);
	for (__u32 i = 0; i < attr->map_cnt; i++) {
		const struct fake_file *map = fake_file(map_fds[i]);

		if (!map || map->kind != FAKE_MAP)
			return fail(EBADF);
		if (i < 16)
			strcpy(fake_kernel.map_names[i], map->name);
	}
	return new_file((struct fake_file){ .kind = FAKE_OBJECT }, attr->name);
}

static int prog_get(struct rex_prog_get_attr *attr)
{
	const struct fake_file *object = fake_file(attr->obj_fd);
	struct fake_file prog = {
		.kind = FAKE_REX_PROG,
		.prog_type = attr->prog_type,
		.attach_type = attr->expected_attach_type,
		.budget_ms = attr->budget_ms,
		.max_exits = attr->max_exits,
	};

	if (!object || object->kind != FAKE_OBJECT)
		return fail(EBADF);
	if (attr->flags)
		return fail(EINVAL);
	if (fake_kernel.get_fails &&
	    !strcmp(fake_kernel.get_fails, attr->name)) {
		write_log(attr->log_buf, attr->log_size);
		return fail(fake_kernel.get_errno);
	}
	return new_file(prog, attr->name);
}

static int map_create(const union bpf_attr *attr)
{
	struct fake_file map = {
		.kind = FAKE_MAP,
		.map_type = attr->map_type,
		.key_size = attr->key_size,
		.value_size = attr->value_size,
		.max_entries = attr->max_entries,
		.map_flags = attr->map_flags,
	};

	return new_file(map, attr->map_name);
}

static int prog_load(const union bpf_attr *attr)
{
	struct fake_file prog = {
		.kind = FAKE_PLACEHOLDER,
		.prog_type = attr->prog_type,
		.attach_type = attr->expected_attach_type,
	};

	return new_file(prog, attr->prog_name);
}

static int fake_bpf(int cmd, void *attr)
{
	bool rex = cmd == REX_OBJ_LOAD || cmd == REX_PROG_GET;

	if (++fake_kernel.calls == fake_kernel.fail_call)
		return fail(fake_kernel.fail_errno);
	if (rex && fake_kernel.no_rex)
		return fail(EINVAL);
	if (fake_kernel.no_privilege)
		return fail(EPERM);

	switch (cmd) {
	case REX_OBJ_LOAD:
		return obj_load(attr);
	case REX_PROG_GET:
		return prog_get(attr);
	case BPF_MAP_CREATE:
		return map_create(attr);
	case BPF_PROG_LOAD:
	case BPF_BTF_LOAD:
		return prog_load(attr);
	default:
		return fail(EINVAL);
	}
}

long syscall(long number, ...)
{
	static long (*real)(long, ...);
	long arg[6];
	va_list args;

	va_start(args, number);
	for (int i = 0; i < 6; i++)
		arg[i] = va_arg(args, long);
	va_end(args);

	if (number == __NR_bpf)
		return fake_bpf(arg[0], (void *)arg[1]);
	if (!real)
		real = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
	return real(number, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]);
}

int dup3(int from, int to, int flags)
{
	static int (*real)(int, int, int);

	if (fake_kernel.fail_dup3)
		return fail(EMFILE);
	if (!real)
		real = (int (*)(int, int, int))dlsym(RTLD_NEXT, "dup3");
	return real(from, to, flags);
}
