// SPDX-License-Identifier: GPL-2.0
/*
 * Changes of maps that eBPF guards with a spin lock only: tables of prefixes, and
 * hash maps that drop what was used least recently.
 *
 * A program that comes on top of the lock's holder would wait for it for ever,
 * with interrupts off, where no watchdog helps. It comes in an NMI, or at a
 * tracepoint of the lock itself. There these functions fail instead.
 */
#include <linux/bpf.h>
#include <linux/percpu.h>
#include <linux/preempt.h>

#include "map.h"

/* True while a program changes such a map on this CPU. */
static DEFINE_PER_CPU(bool, rex_map_changing);

static bool rex_map_change_begin(void)
{
	if (in_nmi() || __this_cpu_read(rex_map_changing))
		return false;
	__this_cpu_write(rex_map_changing, true);
	return true;
}

static void rex_map_change_end(void)
{
	__this_cpu_write(rex_map_changing, false);
}

/**
 * rex_map_update() - set the value of a key
 * @map: the map
 * @key: the key
 * @value: the value, which is copied
 * @flags: BPF_ANY, BPF_NOEXIST or BPF_EXIST
 *
 * Context: preemption is off.
 * Return: 0, -EBUSY in an NMI and on top of a program that changes such a map, or
 * the error of the map's own operation.
 */
long rex_map_update(struct bpf_map *map, const void *key, const void *value, u64 flags)
{
	long err;

	if (!rex_map_change_begin())
		return -EBUSY;
	err = map->ops->map_update_elem(map, (void *)key, (void *)value, flags);
	rex_map_change_end();
	return err;
}

/**
 * rex_map_delete() - delete a key and its value
 * @map: the map
 * @key: the key
 *
 * Context: preemption is off.
 * Return: as rex_map_update().
 */
long rex_map_delete(struct bpf_map *map, const void *key)
{
	long err;

	if (!rex_map_change_begin())
		return -EBUSY;
	err = map->ops->map_delete_elem(map, (void *)key);
	rex_map_change_end();
	return err;
}
