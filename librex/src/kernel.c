// SPDX-License-Identifier: GPL-2.0
/* The commands that Rex adds to bpf(2). */
#include <errno.h>
#include <linux/bpf.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernel.h"
#include "log.h"

static int sys_bpf(int cmd, void *attr, size_t size)
{
	long ret = syscall(__NR_bpf, cmd, attr, size);

	return ret < 0 ? -errno : (int)ret;
}

/*
 * Without Rex, bpf(2) answers EINVAL to its commands as it does to any that it
 * does not know. With Rex, a file descriptor that is none gives EBADF, or EPERM
 * before anyone looks at it: never EINVAL, for the rest is valid.
 */
int rex_kernel_probe(const char *object)
{
	struct rex_prog_get_attr attr = {
		.obj_fd = -1,
		.prog_type = BPF_PROG_TYPE_TRACEPOINT,
		.name = "probe",
	};
	int err = sys_bpf(REX_PROG_GET, &attr, sizeof(attr));

	if (err == -EINVAL || err == -ENOSYS)
		return rex_err(object, EOPNOTSUPP,
			       "this kernel has no Rex: boot one with CONFIG_REX=y");
	return 0;
}

const char *rex_kernel_cure(int err)
{
	switch (-err) {
	case EPERM:
		return "run as root: this needs CAP_SYS_MODULE, CAP_BPF and CAP_PERFMON (CAP_NET_ADMIN for xdp and tc), and a kernel that is not locked down";
	case ENOMEM:
		return "free memory, or load fewer or smaller objects";
	case EFAULT:
		return "check that the kernel log buffer is as long as its size says";
	default:
		return "see the kernel's log (dmesg)";
	}
}

static void log_begin(struct rex_kernel_log *log, __u64 *buf, __u32 *size)
{
	size_t left = log->size - log->used;

	if (!left)
		return;
	log->buf[log->used] = 0;
	*buf = (uintptr_t)log->buf + log->used;
	*size = left < UINT32_MAX ? left : UINT32_MAX;
}

/*
 * Passes the lines that the kernel wrote on, and makes one where it wrote none.
 * Returns @ret.
 */
static int log_end(const char *object, const char *what, int ret,
		   struct rex_kernel_log *log)
{
	char *text = log->buf + log->used;
	size_t left = log->size - log->used;
	size_t len = left ? strnlen(text, left - 1) : 0;

	if (len) {
		text[len] = 0;
		rex_print_log(ret < 0, text);
		log->used += len;
	} else if (ret < 0) {
		rex_err(object, -ret, "%s: the kernel refuses: %s: %s", what,
			strerror(-ret), rex_kernel_cure(ret));
	}
	return ret;
}

/* The kernel takes letters, digits and "_-."; a file can have any name. */
static void copy_object_name(char *to, const char *name)
{
	static const char valid[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_-.";

	for (size_t i = 0; i < REX_OBJ_NAME_LEN - 1 && name[i]; i++)
		to[i] = strchr(valid, name[i]) ? name[i] : '_';
}

int rex_kernel_load(const char *object, const void *image, size_t size,
		    const int *map_fds, size_t map_cnt,
		    struct rex_kernel_log *log)
{
	struct rex_obj_load_attr attr = {
		.image = (uintptr_t)image,
		.image_size = size,
		.map_fds = (uintptr_t)map_fds,
		.map_cnt = map_cnt,
	};
	int ret;

	copy_object_name(attr.name, object);
	log_begin(log, &attr.log_buf, &attr.log_size);
	ret = sys_bpf(REX_OBJ_LOAD, &attr, sizeof(attr));
	return log_end(object, "REX_OBJ_LOAD", ret, log);
}

int rex_kernel_get_prog(const char *object, struct rex_prog_get_attr *attr,
			struct rex_kernel_log *log)
{
	int ret;

	log_begin(log, &attr->log_buf, &attr->log_size);
	ret = sys_bpf(REX_PROG_GET, attr, sizeof(*attr));
	return log_end(object, attr->name, ret, log);
}
