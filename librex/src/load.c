// SPDX-License-Identifier: GPL-2.0
/*
 * Loading: libbpf creates the maps and the placeholders, the kernel takes the
 * object with the maps' file descriptors, and each Rex program goes under its
 * placeholder's descriptor number. What libbpf then attaches, pins or closes is
 * the Rex program.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "log.h"
#include "maps.h"
#include "object.h"

/* The user has had the BPF object in hand since it was opened. */
static int check_changes(const struct rex_object *obj)
{
	for (size_t i = 0; i < obj->elf.prog_cnt; i++) {
		int err = rex_object_check_prog(obj, i);

		if (err)
			return err;
		if (bpf_program__fd(obj->progs[i]) >= 0)
			return rex_err(obj->name, EBUSY,
				       "program '%s': already loaded by libbpf: call rex_object__load() instead of bpf_object__load()",
				       obj->elf.progs[i].name);
	}
	for (size_t i = 0; i < obj->elf.map_cnt; i++) {
		const char *name = obj->elf.maps[i].name;
		struct bpf_map *map = obj->maps[i];
		int err;

		if (!bpf_map__autocreate(map))
			return rex_err(obj->name, EINVAL,
				       "map '%s': autocreate is off: leave it on, programs can't do without a map that they name",
				       name);
		err = rex_map_check_entries(obj->name, name, bpf_map__type(map),
					    bpf_map__max_entries(map));
		if (err)
			return err;
	}
	return 0;
}

static int load_bpf(struct rex_object *obj)
{
	int err = bpf_object__load(obj->bpf);
	char reason[128];

	if (!err)
		return 0;
	libbpf_strerror(-err, reason, sizeof(reason));
	return rex_err(obj->name, -err,
		       "libbpf %s cannot create its maps and placeholders: %s: see libbpf's messages for which; %s",
		       libbpf_version_string(), reason, rex_kernel_cure(err));
}

/* Returns the object's file descriptor or a negative errno. */
static int load_image(struct rex_object *obj)
{
	size_t cnt = obj->elf.map_cnt;
	int *map_fds;
	int ret;

	map_fds = calloc(cnt + 1, sizeof(*map_fds));
	if (!map_fds)
		return rex_err(obj->name, ENOMEM,
			       "no memory for %zu file descriptors: free some",
			       cnt);
	for (size_t i = 0; i < cnt; i++)
		map_fds[i] = bpf_map__fd(obj->maps[i]);
	ret = rex_kernel_load(obj->name, obj->image, obj->image_size, map_fds,
			      cnt, &obj->log);
	free(map_fds);
	return ret;
}

/* Returns a file descriptor of program @index or a negative errno. */
static int get_prog(struct rex_object *obj, int obj_fd, size_t index)
{
	const struct bpf_program *prog = obj->progs[index];
	struct rex_prog_get_attr attr = {
		.obj_fd = obj_fd,
		.prog_type = bpf_program__type(prog),
		.expected_attach_type = bpf_program__expected_attach_type(prog),
		.budget_ms = obj->limits[index].budget_ms,
		.max_exits = obj->limits[index].max_exits,
	};

	memcpy(attr.name, obj->elf.progs[index].name, sizeof(attr.name));
	return rex_kernel_get_prog(obj->name, &attr, &obj->log);
}

/* Fetches the programs that have a placeholder; -1 for those that have none. */
static int get_progs(struct rex_object *obj, int obj_fd, int *fds)
{
	for (size_t i = 0; i < obj->elf.prog_cnt; i++) {
		if (bpf_program__fd(obj->progs[i]) < 0)
			continue; /* autoload is off */
		fds[i] = get_prog(obj, obj_fd, i);
		if (fds[i] < 0)
			return fds[i];
	}
	return 0;
}

static int replace_placeholders(struct rex_object *obj, const int *fds)
{
	for (size_t i = 0; i < obj->elf.prog_cnt; i++) {
		int placeholder = bpf_program__fd(obj->progs[i]);

		if (fds[i] < 0)
			continue;
		if (dup3(fds[i], placeholder, O_CLOEXEC) < 0)
			return rex_err(obj->name, errno,
				       "program '%s': cannot put it in place of its placeholder: %m",
				       obj->elf.progs[i].name);
		rex_debug(obj->name, "program '%s' loaded, fd %d",
			  obj->elf.progs[i].name, placeholder);
	}
	return 0;
}

static int load_rex(struct rex_object *obj)
{
	size_t cnt = obj->elf.prog_cnt;
	int *fds, obj_fd, err;

	fds = malloc(cnt * sizeof(*fds));
	if (!fds)
		return rex_err(obj->name, ENOMEM,
			       "no memory for %zu file descriptors: free some",
			       cnt);
	memset(fds, -1, cnt * sizeof(*fds));

	obj_fd = load_image(obj);
	if (obj_fd < 0) {
		err = obj_fd;
		goto out_free;
	}
	err = get_progs(obj, obj_fd, fds);
	if (!err)
		err = replace_placeholders(obj, fds);

	for (size_t i = 0; i < cnt; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	/* Each program holds the object. */
	close(obj_fd);
out_free:
	free(fds);
	return err;
}

static int object_load(struct rex_object *obj)
{
	int err;

	if (obj->load_tried)
		return rex_err(obj->name, EBUSY,
			       "it was loaded before: open it again to load it again");
	obj->load_tried = true;

	err = rex_kernel_probe(obj->name);
	if (!err)
		err = check_changes(obj);
	if (!err)
		err = load_bpf(obj);
	if (err)
		return err;

	err = load_rex(obj);
	if (err) {
		/* Nobody must attach what does nothing. */
		for (size_t i = 0; i < obj->elf.prog_cnt; i++)
			bpf_program__unload(obj->progs[i]);
		return err;
	}
	free(obj->image);
	obj->image = NULL;
	return 0;
}

int rex_object__load(struct rex_object *obj)
{
	int err = obj ? object_load(obj) : -EINVAL;

	if (err)
		errno = -err;
	return err;
}
