// SPDX-License-Identifier: GPL-2.0
/* Control groups, as the kernel numbers them. */
#include <err.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/magic.h>

#include "syscount.h"

static bool is_cgroup(int dir)
{
	struct statfs fs;

	return !fstatfs(dir, &fs) && fs.f_type == CGROUP2_SUPER_MAGIC;
}

/* How many folders above @dir are control groups. Closes @dir. */
static int level_of(int dir)
{
	int level = 0;

	for (;;) {
		int above = openat(dir, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);

		close(dir);
		if (above < 0 || !is_cgroup(above)) {
			if (above >= 0)
				close(above);
			return level;
		}
		dir = above;
		level++;
	}
}

int find_cgroup(const char *path, __u64 *id, __s32 *level)
{
	int dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct stat info;

	if (dir < 0 || fstat(dir, &info)) {
		warn("control group %s", path);
		if (dir >= 0)
			close(dir);
		return -1;
	}
	if (!is_cgroup(dir)) {
		warnx("%s is no control group: give a folder below the mount of cgroup2, /sys/fs/cgroup as a rule",
		      path);
		close(dir);
		return -1;
	}
	*id = info.st_ino;
	*level = level_of(dir);
	return 0;
}
