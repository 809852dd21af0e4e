// SPDX-License-Identifier: GPL-2.0
/*
 * How much of the stacks has been used: the file rex/stacks in debugfs.
 *
 * Stacks are zeroed when they are allocated and stay for ever. So the lowest
 * word that is not 0 tells, and nothing has to be counted while programs run.
 */
#include <linux/cpumask.h>
#include <linux/debugfs.h>
#include <linux/init.h>
#include <linux/seq_file.h>

#include "frame.h"

/* Programs run meanwhile, and KASAN marks what they have on their stacks. */
static __no_sanitize_address unsigned int
rex_stack_unused(const struct rex_frame *frame)
{
	const unsigned long *word = frame->stack;

	while ((void *)word < (void *)frame && !READ_ONCE_NOCHECK(*word))
		word++;
	return (void *)word - frame->stack;
}

static int rex_stacks_show(struct seq_file *m, void *unused)
{
	const struct rex_frame *frame;
	unsigned int cpu, free;
	int level;

	seq_puts(m, "cpu level used reserve_used reserve\n");
	for_each_possible_cpu(cpu) {
		level = 0;
		for (frame = rex_frames(cpu); frame; frame = frame->inner) {
			free = rex_stack_unused(frame);
			seq_printf(m, "%u %d %lu %lu %lu\n", cpu, ++level,
				   REX_STACK_SIZE - free,
				   REX_STACK_RESERVE -
				   min_t(unsigned long, free, REX_STACK_RESERVE),
				   REX_STACK_RESERVE);
		}
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(rex_stacks);

static int __init rex_stack_use_init(void)
{
	debugfs_create_file("stacks", 0400, debugfs_create_dir("rex", NULL),
			    NULL, &rex_stacks_fops);
	return 0;
}
late_initcall(rex_stack_use_init);
