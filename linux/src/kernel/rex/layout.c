// SPDX-License-Identifier: GPL-2.0
/*
 * Where the fields lie that the crate reads by offset. The words are in a
 * section of their own: the build of the crate takes them from this file's
 * object, and each extension carries a copy in its build note.
 */
#include <linux/bpf.h>
#include <linux/cache.h>
#include <linux/kernel.h>
#include <linux/netdevice.h>
#include <linux/perf_event.h>
#include <linux/sched.h>
#include <linux/skbuff.h>
#include <linux/stddef.h>
#include <net/sch_generic.h>
#include <net/sock.h>
#include <net/xdp.h>

#include "layout.h"

const u32 rex_layout[REX_LAYOUT_CNT] __section(".rodata.rex_layout") = {
#define REX_LAYOUT(type, field) offsetof(type, field), sizeof_field(type, field),
#include "layout.def"
#undef REX_LAYOUT
};

const char *const rex_layout_names[] = {
#define REX_LAYOUT(type, field) #type "." #field,
#include "layout.def"
#undef REX_LAYOUT
};
