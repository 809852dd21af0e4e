// SPDX-License-Identifier: GPL-2.0
/*
 * Map definitions as libbpf reads them from BTF. For each map, what C would
 * declare as
 *
 *	struct {
 *		char (*type)[BPF_MAP_TYPE_HASH];
 *		char (*key_size)[4];
 *		...
 *	} name SEC(".maps");
 *
 * Where the object describes the types of key and value, they are there in
 * place of the sizes, so that tools show fields.
 *
 * The values are numbers of array elements. An element is one byte, so that no
 * value makes an array larger than the kernel lets BTF describe.
 */
#include <errno.h>
#include <stdlib.h>

#include <bpf/libbpf.h>

#include "btf.h"

#define FIELDS 5

/* A field of such a struct: a number, or a type that is known. */
struct field {
	const char *name;
	__u32 value;
	int type;
};

/* The numbers of a map's key and value types, 0 where they are not known. */
struct map_types {
	int key;
	int value;
};

/* Adds the type "char (*)[@value]" and returns its id. */
static int add_number(struct btf *btf, int byte, __u32 value)
{
	int array = btf__add_array(btf, byte, byte, value);

	return array < 0 ? array : btf__add_ptr(btf, array);
}

static bool has_name(const struct btf *btf, __u32 at)
{
	return btf__str_by_offset(btf, at);
}

static bool members_have_names(const struct btf *btf,
			       const struct btf_type *type)
{
	const struct btf_member *members = btf_members(type);

	for (int i = 0; i < btf_vlen(type); i++)
		if (!has_name(btf, members[i].name_off))
			return false;
	return true;
}

/* What a map's types are made of. libbpf takes it for granted that names are there. */
static bool is_plain(const struct btf *btf, const struct btf_type *type)
{
	switch (btf_kind(type)) {
	case BTF_KIND_INT:
	case BTF_KIND_ARRAY:
	case BTF_KIND_FLOAT:
		return has_name(btf, type->name_off);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return has_name(btf, type->name_off) &&
		       members_have_names(btf, type);
	default:
		return false;
	}
}

static bool all_plain(const struct btf *btf)
{
	for (__u32 i = 1; i < btf__type_cnt(btf); i++)
		if (!is_plain(btf, btf__type_by_id(btf, i)))
			return false;
	return true;
}

static bool has_size(const struct btf *btf, __u32 type, __u32 size)
{
	return type && type < btf__type_cnt(btf) &&
	       btf__resolve_size(btf, type) == size;
}

/*
 * Adds what the object says of a map's types, if it fits: it is for tools that
 * show entries, and without it they show bytes.
 */
static int add_types(struct btf *btf, const struct rex_elf_map *map,
		     struct map_types *added)
{
	const struct rex_map_types *types = map->types;
	struct btf *own;
	int first;

	*added = (struct map_types){ 0 };
	if (!types)
		return 0;
	own = btf__new(types->btf, types->size);
	if (libbpf_get_error(own))
		return 0;
	if (!all_plain(own) ||
	    !has_size(own, types->key, map->handle.key_size) ||
	    !has_size(own, types->value, map->handle.value_size)) {
		btf__free(own);
		return 0;
	}
	first = btf__add_btf(btf, own);
	btf__free(own);
	if (first < 0)
		return first;
	added->key = first + types->key - 1;
	added->value = first + types->value - 1;
	return 0;
}

static int add_map_struct(struct btf *btf, int byte,
			  const struct rex_elf_map *map)
{
	const struct rex_map_handle *handle = &map->handle;
	struct map_types types;
	int ids[FIELDS], id, err;

	err = add_types(btf, map, &types);
	if (err)
		return err;

	const struct field fields[FIELDS] = {
		{ "type", handle->map_type, 0 },
		{ types.key ? "key" : "key_size", handle->key_size, types.key },
		{ types.value ? "value" : "value_size", handle->value_size,
		  types.value },
		{ "max_entries", handle->max_entries, 0 },
		{ "map_flags", handle->map_flags, 0 },
	};
	for (int i = 0; i < FIELDS; i++) {
		ids[i] = fields[i].type
				 ? btf__add_ptr(btf, fields[i].type)
				 : add_number(btf, byte, fields[i].value);
		if (ids[i] < 0)
			return ids[i];
	}

	id = btf__add_struct(btf, NULL, REX_BTF_MAP_SIZE);
	if (id < 0)
		return id;
	for (int i = 0; i < FIELDS; i++) {
		/* libbpf takes what is absent for 0, as clang does. */
		if (!fields[i].value)
			continue;
		err = btf__add_field(btf, fields[i].name, ids[i], i * 64, 0);
		if (err)
			return err;
	}
	return id;
}

static int add_map(struct btf *btf, int byte, const struct rex_elf_map *map)
{
	int id = add_map_struct(btf, byte, map);

	if (id < 0)
		return id;
	return btf__add_var(btf, map->name, BTF_VAR_GLOBAL_ALLOCATED, id);
}

/* @vars gets the ids of the maps' variables. */
static int add_section(struct btf *btf, size_t map_cnt, const int *vars)
{
	int id, err;

	id = btf__add_datasec(btf, ".maps", map_cnt * REX_BTF_MAP_SIZE);
	if (id < 0)
		return id;
	for (size_t i = 0; i < map_cnt; i++) {
		err = btf__add_datasec_var_info(btf, vars[i],
						i * REX_BTF_MAP_SIZE,
						REX_BTF_MAP_SIZE);
		if (err)
			return err;
	}
	return 0;
}

static int add_maps(struct btf *btf, const struct rex_elf *elf)
{
	int byte, err = 0;
	int *vars;

	byte = btf__add_int(btf, "char", 1, BTF_INT_CHAR);
	if (byte < 0)
		return byte;
	vars = calloc(elf->map_cnt, sizeof(*vars));
	if (!vars)
		return -ENOMEM;

	for (size_t i = 0; i < elf->map_cnt && !err; i++) {
		vars[i] = add_map(btf, byte, &elf->maps[i]);
		if (vars[i] < 0)
			err = vars[i];
	}
	if (!err)
		err = add_section(btf, elf->map_cnt, vars);
	free(vars);
	return err;
}

struct btf *rex_btf_new(const struct rex_elf *elf)
{
	struct btf *btf = btf__new_empty();
	int err;

	if (!btf)
		return NULL;
	err = add_maps(btf, elf);
	if (err) {
		btf__free(btf);
		errno = -err;
		return NULL;
	}
	return btf;
}
