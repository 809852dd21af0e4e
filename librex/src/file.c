// SPDX-License-Identifier: GPL-2.0
/*
 * Reading a file whole. It is read, not mapped: a file that someone cuts while
 * it is mapped ends the process with SIGBUS.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "log.h"

static int open_regular(const char *object, const char *path, size_t *size)
{
	struct stat st;
	int fd, err;

	/* O_NONBLOCK: a FIFO without a writer must not hang us. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		err = errno;
		return rex_err(object, err, "file '%s': %s: check the path%s",
			       path, strerror(err),
			       err == ENOENT
				       ? "; 'cargo build --release' makes the file"
				       : " and its permissions");
	}
	if (fstat(fd, &st)) {
		err = rex_err(object, errno, "file '%s': cannot stat it: %m",
			      path);
		goto err_close;
	}
	if (!S_ISREG(st.st_mode)) {
		err = rex_err(object, S_ISDIR(st.st_mode) ? EISDIR : EINVAL,
			      "file '%s': not a regular file: name the ELF file that 'cargo build --release' made",
			      path);
		goto err_close;
	}
	if ((size_t)st.st_size > REX_FILE_SIZE_MAX) {
		err = rex_err(object, E2BIG,
			      "file '%s': %lld bytes, at most %lu: build it without debug information",
			      path, (long long)st.st_size, REX_FILE_SIZE_MAX);
		goto err_close;
	}
	*size = st.st_size;
	return fd;

err_close:
	close(fd);
	return err;
}

int rex_file_read(const char *object, const char *path, void **data,
		  size_t *size)
{
	size_t want = 0, have = 0;
	int fd, err = 0;
	char *buf;

	fd = open_regular(object, path, &want);
	if (fd < 0)
		return fd;

	buf = malloc(want + 1);
	if (!buf) {
		err = rex_err(object, ENOMEM,
			      "file '%s': no memory for its %zu bytes: free some",
			      path, want);
		goto out_close;
	}
	while (have < want) {
		ssize_t n = read(fd, buf + have, want - have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			err = rex_err(object, errno,
				      "file '%s': cannot read it: %m", path);
			free(buf);
			goto out_close;
		}
		if (n == 0)
			break;
		have += n;
	}
	*data = buf;
	*size = have;

out_close:
	close(fd);
	return err;
}
