/* SPDX-License-Identifier: GPL-2.0 */
/* Attaches the programs of an object to the hooks that they were compiled for. */
#ifndef SAMPLES_ATTACH_H
#define SAMPLES_ATTACH_H

#include <err.h>
#include <errno.h>
#include <string.h>

#include <bpf/libbpf.h>

#define ATTACH_MAX 256

struct attached {
	struct bpf_link *links[ATTACH_MAX];
	int count;
};

/* What the user can do about a failed attach, or an empty string. */
static inline const char *attach_hint(int err)
{
	switch (err) {
	case ENOENT:
		return ": this kernel has no such function or tracepoint";
	case EINVAL:
	case EOPNOTSUPP:
		return ": that function can't be probed";
	case EPERM:
	case EACCES:
		return ": start the loader as root";
	default:
		return "";
	}
}

/* Attaches one program. Returns its link, or NULL after a message. */
static inline struct bpf_link *attach_one(const struct bpf_program *prog)
{
	struct bpf_link *link = bpf_program__attach(prog);
	int err = errno;

	if (!link)
		warnx("cannot attach %s to %s: %s%s", bpf_program__name(prog),
		      bpf_program__section_name(prog), strerror(err),
		      attach_hint(err));
	return link;
}

/*
 * Attaches all programs. Returns 0, or -1 after a message; detach_all() has to be
 * called either way.
 */
static inline int attach_all(struct bpf_object *obj, struct attached *attached)
{
	struct bpf_program *prog;

	bpf_object__for_each_program(prog, obj)
	{
		struct bpf_link *link;

		if (attached->count == ATTACH_MAX) {
			warnx("more than %d programs to attach", ATTACH_MAX);
			return -1;
		}
		link = attach_one(prog);
		if (!link)
			return -1;
		attached->links[attached->count++] = link;
	}
	return 0;
}

/* Detaches what was attached last first. */
static inline void detach_all(struct attached *attached)
{
	while (attached->count)
		bpf_link__destroy(attached->links[--attached->count]);
}

#endif
