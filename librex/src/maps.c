// SPDX-License-Identifier: GPL-2.0
/* What the kernel asks of each type of map. */
#include <errno.h>
#include <linux/bpf.h>

#include <bpf/libbpf.h>

#include "log.h"
#include "maps.h"

/* Sizes: a number of bytes, or any but 0. */
#define ANY (-1)

static const struct map_rule {
	__u32 type;
	int key_size;
	int value_size;
} rules[] = {
	/* kernel/bpf/hashtab.c */
	{ BPF_MAP_TYPE_HASH, ANY, ANY },
	{ BPF_MAP_TYPE_LRU_HASH, ANY, ANY },
	{ BPF_MAP_TYPE_PERCPU_HASH, ANY, ANY },
	{ BPF_MAP_TYPE_LRU_PERCPU_HASH, ANY, ANY },
	/* kernel/bpf/lpm_trie.c: a prefix length and what it is of */
	{ BPF_MAP_TYPE_LPM_TRIE, ANY, ANY },
	/* kernel/bpf/arraymap.c */
	{ BPF_MAP_TYPE_ARRAY, 4, ANY },
	{ BPF_MAP_TYPE_PERCPU_ARRAY, 4, ANY },
	{ BPF_MAP_TYPE_PERF_EVENT_ARRAY, 4, 4 },
	/* kernel/bpf/stackmap.c, queue_stack_maps.c, ringbuf.c */
	{ BPF_MAP_TYPE_STACK_TRACE, 4, ANY },
	{ BPF_MAP_TYPE_QUEUE, 0, ANY },
	{ BPF_MAP_TYPE_STACK, 0, ANY },
	{ BPF_MAP_TYPE_RINGBUF, 0, 0 },
};

static const struct map_rule *find_rule(__u32 type)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (rules[i].type == type)
			return &rules[i];
	return NULL;
}

static int check_size(const char *object, const char *name, const char *type,
		      const char *what, __u32 size, int rule)
{
	if (rule == ANY && !size)
		return rex_err(object, EINVAL,
			       "section '.rex.maps': symbol '%s': %s size 0, but a map of type %s needs one: give it a %s type that is not empty",
			       name, what, type, what);
	if (rule != ANY && size != (__u32)rule)
		return rex_err(object, EINVAL,
			       "section '.rex.maps': symbol '%s': %s size %u, expected %d: a map of type %s needs a %s of %d bytes",
			       name, what, size, rule, type, what, rule);
	return 0;
}

int rex_map_check(const char *object, const char *name,
		  const struct rex_map_handle *handle)
{
	const char *type = libbpf_bpf_map_type_str(handle->map_type);
	const struct map_rule *rule = find_rule(handle->map_type);
	int err;

	if (!type || handle->map_type == BPF_MAP_TYPE_UNSPEC)
		return rex_err(object, EINVAL,
			       "section '.rex.maps': symbol '%s': unknown map type %u: use one of the crate's map types",
			       name, handle->map_type);
	if (handle->reserved || handle->map)
		return rex_err(object, EINVAL,
			       "section '.rex.maps': symbol '%s': bytes that must be 0 are not: rebuild it with this version of the crate",
			       name);
	/* Which further types programs can use is the kernel's to say. */
	if (!rule)
		return 0;

	err = check_size(object, name, type, "key", handle->key_size,
			 rule->key_size);
	if (!err)
		err = check_size(object, name, type, "value",
				 handle->value_size, rule->value_size);
	return err;
}

int rex_map_check_entries(const char *object, const char *name, __u32 map_type,
			  __u32 max_entries)
{
	/* libbpf makes it one per CPU. */
	if (map_type == BPF_MAP_TYPE_PERF_EVENT_ARRAY)
		return 0;
	if (find_rule(map_type) && !max_entries)
		return rex_err(object, EINVAL,
			       "map '%s': max_entries is 0: declare it with a size, or call bpf_map__set_max_entries() before rex_object__load()",
			       name);
	return 0;
}
