// SPDX-License-Identifier: GPL-2.0
/* Objects from open to close, but for the load: that is load.c. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "file.h"
#include "log.h"
#include "object.h"
#include "skeleton.h"

/* A caller built with a later version may set options that we don't know. */
static int check_opts(const char *name, const struct rex_object_opts *opts)
{
	const char *bytes = (const char *)opts;

	if (!opts)
		return 0;
	if (opts->sz < sizeof(opts->sz))
		return rex_err(name, EINVAL,
			       "options: sz %zu: initialize them with REX_OPTS()",
			       opts->sz);
	for (size_t i = sizeof(*opts); i < opts->sz; i++)
		if (bytes[i])
			return rex_err(name, EINVAL,
				       "options: byte %zu is set, but this librex knows only %zu: update librex",
				       i, sizeof(*opts));
	return 0;
}

/* The options that the caller knew, and defaults for the others. */
static struct rex_object_opts read_opts(const struct rex_object_opts *opts)
{
	struct rex_object_opts known = { .sz = sizeof(known) };

	if (opts)
		memcpy(&known, opts,
		       opts->sz < sizeof(known) ? opts->sz : sizeof(known));
	return known;
}

static const char *prog_type_str(enum bpf_prog_type type)
{
	const char *str = libbpf_bpf_prog_type_str(type);

	return str ? str : "unknown";
}

int rex_object_check_prog(const struct rex_object *obj, size_t index)
{
	const struct rex_prog_desc *desc = &obj->elf.progs[index];
	enum bpf_prog_type type = bpf_program__type(obj->progs[index]);
	enum bpf_attach_type attach =
		bpf_program__expected_attach_type(obj->progs[index]);

	if (desc->prog_type != type)
		return rex_err(obj->name, EINVAL,
			       "program '%s': compiled as type %u (%s), but libbpf would attach it to '%s' as type %u (%s): use the attribute that fits the section",
			       desc->name, desc->prog_type,
			       prog_type_str(desc->prog_type), desc->section,
			       type, prog_type_str(type));
	/* 0: the object leaves it to libbpf. */
	if (desc->expected_attach_type && desc->expected_attach_type != attach)
		return rex_err(obj->name, EINVAL,
			       "program '%s': compiled for attach type %u, but libbpf has %u for '%s': rebuild it with this version of the crate",
			       desc->name, desc->expected_attach_type, attach,
			       desc->section);
	return 0;
}

/* Opens the BPF object that stands for @obj and finds its parts. */
static int open_bpf(struct rex_object *obj)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = obj->name);
	const struct rex_elf *elf = &obj->elf;
	char reason[128];
	int err;

	obj->bpf = bpf_object__open_mem(obj->skeleton.data, obj->skeleton.len,
					&opts);
	if (!obj->bpf) {
		err = errno;
		libbpf_strerror(err, reason, sizeof(reason));
		return rex_err(obj->name, err,
			       "libbpf %s cannot open the BPF object that stands for it: %s: see libbpf's messages",
			       libbpf_version_string(), reason);
	}

	obj->progs = calloc(elf->prog_cnt, sizeof(*obj->progs));
	obj->maps = calloc(elf->map_cnt + 1, sizeof(*obj->maps));
	obj->limits = calloc(elf->prog_cnt, sizeof(*obj->limits));
	if (!obj->progs || !obj->maps || !obj->limits)
		return rex_err(obj->name, ENOMEM, "no memory: free some");

	for (size_t i = 0; i < elf->prog_cnt; i++) {
		obj->progs[i] =
			bpf_object__find_program_by_name(obj->bpf,
							 elf->progs[i].name);
		if (!obj->progs[i])
			return rex_err(obj->name, ENOENT,
				       "program '%s': libbpf does not know it: see libbpf's messages",
				       elf->progs[i].name);
		err = rex_object_check_prog(obj, i);
		if (err)
			return err;
		rex_debug(obj->name, "program '%s' in section '%s'",
			  elf->progs[i].name, elf->progs[i].section);
	}
	for (size_t i = 0; i < elf->map_cnt; i++) {
		obj->maps[i] = bpf_object__find_map_by_name(obj->bpf,
							    elf->maps[i].name);
		if (!obj->maps[i])
			return rex_err(obj->name, ENOENT,
				       "map '%s': libbpf does not know it: see libbpf's messages",
				       elf->maps[i].name);
		rex_debug(obj->name, "map '%s' of type %u", elf->maps[i].name,
			  elf->maps[i].handle.map_type);
	}
	return 0;
}

static int open_image(struct rex_object *obj)
{
	int err;

	err = rex_elf_read(obj->name, obj->image, obj->image_size, &obj->elf);
	if (!err)
		err = rex_skeleton_write(obj->name, &obj->elf, &obj->skeleton);
	if (!err)
		err = open_bpf(obj);
	return err;
}

static int copy_image(struct rex_object *obj, const void *image, size_t size)
{
	if (!image)
		return rex_err(obj->name, EINVAL,
			       "the image is NULL: pass the bytes of an ELF file");
	if (size > REX_FILE_SIZE_MAX)
		return rex_err(obj->name, E2BIG,
			       "image: %zu bytes, at most %lu: build it without debug information",
			       size, REX_FILE_SIZE_MAX);
	obj->image = malloc(size + 1);
	if (!obj->image)
		return rex_err(obj->name, ENOMEM,
			       "no memory for an image of %zu bytes: free some",
			       size);
	memcpy(obj->image, image, size);
	obj->image_size = size;
	return 0;
}

static struct rex_object *object_new(const char *name,
				     const struct rex_object_opts *opts)
{
	struct rex_object *obj = calloc(1, sizeof(*obj));

	if (!obj)
		return NULL;
	if (opts->object_name && *opts->object_name)
		name = opts->object_name;
	obj->name = strdup(name);
	if (!obj->name) {
		free(obj);
		return NULL;
	}
	obj->log.buf = obj->own_log;
	obj->log.size = sizeof(obj->own_log);
	if (opts->kernel_log_buf) {
		obj->log.buf = opts->kernel_log_buf;
		obj->log.size = opts->kernel_log_size;
	}
	if (obj->log.size)
		obj->log.buf[0] = 0;
	return obj;
}

/* Opens the file @path or, if that is NULL, the @size bytes at @image. */
static int object_open(struct rex_object **out, const char *name,
		       const char *path, const void *image, size_t size,
		       const struct rex_object_opts *user_opts)
{
	struct rex_object_opts opts;
	struct rex_object *obj;
	int err;

	err = check_opts(name, user_opts);
	if (err)
		return err;
	opts = read_opts(user_opts);
	obj = object_new(name, &opts);
	if (!obj)
		return rex_err(name, ENOMEM, "no memory: free some");

	if (path)
		err = rex_file_read(obj->name, path, &obj->image,
				    &obj->image_size);
	else
		err = copy_image(obj, image, size);
	if (!err)
		err = open_image(obj);
	if (err) {
		rex_object__close(obj);
		return err;
	}
	*out = obj;
	return 0;
}

struct rex_object *rex_object__open(const char *path,
				    const struct rex_object_opts *opts)
{
	struct rex_object *obj = NULL;
	const char *slash;
	int err;

	if (path) {
		slash = strrchr(path, '/');
		err = object_open(&obj, slash ? slash + 1 : path, path, NULL, 0,
				  opts);
	} else {
		err = rex_err("", EINVAL, "the path is NULL: name a file");
	}
	if (err)
		errno = -err;
	return obj;
}

struct rex_object *rex_object__open_mem(const void *image, size_t size,
					const struct rex_object_opts *opts)
{
	struct rex_object *obj = NULL;
	int err;

	err = object_open(&obj, "memory", NULL, image, size, opts);
	if (err)
		errno = -err;
	return obj;
}

void rex_object__close(struct rex_object *obj)
{
	if (!obj)
		return;
	bpf_object__close(obj->bpf);
	rex_buf_free(&obj->skeleton);
	rex_elf_free(&obj->elf);
	free(obj->progs);
	free(obj->maps);
	free(obj->limits);
	free(obj->image);
	free(obj->name);
	free(obj);
}

struct bpf_object *rex_object__bpf_object(const struct rex_object *obj)
{
	return obj ? obj->bpf : NULL;
}

const char *rex_object__name(const struct rex_object *obj)
{
	return obj ? obj->name : NULL;
}

struct bpf_program *rex_object__program(const struct rex_object *obj,
					const char *name)
{
	char names[512] = "";
	size_t len = 0;

	if (!obj || !name) {
		errno = EINVAL;
		return NULL;
	}
	for (size_t i = 0; i < obj->elf.prog_cnt; i++) {
		if (!strcmp(obj->elf.progs[i].name, name))
			return obj->progs[i];
		if (len < sizeof(names))
			len += snprintf(names + len, sizeof(names) - len,
					"%s'%s'", i ? ", " : "",
					obj->elf.progs[i].name);
	}
	errno = -rex_err(obj->name, ENOENT,
			 "program '%s': not in the object: it has %s", name,
			 names);
	return NULL;
}
