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
 * The values are numbers of array elements. An element is one byte, so that no
 * value makes an array larger than the kernel lets BTF describe.
 */
#include <errno.h>

#include "btf.h"

#define FIELDS 5

/* Adds the type "char (*)[@value]" and returns its id. */
static int add_number(struct btf *btf, int byte, __u32 value)
{
	int array = btf__add_array(btf, byte, byte, value);

	return array < 0 ? array : btf__add_ptr(btf, array);
}

static int add_map_struct(struct btf *btf, int byte,
			  const struct rex_map_handle *handle)
{
	const struct {
		const char *name;
		__u32 value;
	} fields[FIELDS] = {
		{ "type", handle->map_type },
		{ "key_size", handle->key_size },
		{ "value_size", handle->value_size },
		{ "max_entries", handle->max_entries },
		{ "map_flags", handle->map_flags },
	};
	int types[FIELDS], id, err;

	for (int i = 0; i < FIELDS; i++) {
		types[i] = add_number(btf, byte, fields[i].value);
		if (types[i] < 0)
			return types[i];
	}

	id = btf__add_struct(btf, NULL, REX_BTF_MAP_SIZE);
	if (id < 0)
		return id;
	for (int i = 0; i < FIELDS; i++) {
		/* libbpf takes what is absent for 0, as clang does. */
		if (!fields[i].value)
			continue;
		err = btf__add_field(btf, fields[i].name, types[i], i * 64, 0);
		if (err)
			return err;
	}
	return id;
}

static int add_map(struct btf *btf, int byte, const struct rex_elf_map *map)
{
	int id = add_map_struct(btf, byte, &map->handle);

	if (id < 0)
		return id;
	return btf__add_var(btf, map->name, BTF_VAR_GLOBAL_ALLOCATED, id);
}

static int add_maps(struct btf *btf, const struct rex_elf *elf)
{
	/* Each map adds as many types: numbers, a struct, a variable. */
	const int types_per_map = 2 * FIELDS + 2;
	int byte, var = 0, id, err;

	byte = btf__add_int(btf, "char", 1, BTF_INT_CHAR);
	if (byte < 0)
		return byte;

	for (size_t i = 0; i < elf->map_cnt; i++) {
		id = add_map(btf, byte, &elf->maps[i]);
		if (id < 0)
			return id;
		if (!i)
			var = id;
	}

	id = btf__add_datasec(btf, ".maps", elf->map_cnt * REX_BTF_MAP_SIZE);
	if (id < 0)
		return id;
	for (size_t i = 0; i < elf->map_cnt; i++, var += types_per_map) {
		err = btf__add_datasec_var_info(btf, var, i * REX_BTF_MAP_SIZE,
						REX_BTF_MAP_SIZE);
		if (err)
			return err;
	}
	return 0;
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
