/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rex: kernel extensions in safe Rust.
 *
 * What the rest of the kernel calls. The parts of Rex among themselves use
 * the headers in kernel/rex/.
 */
#ifndef _LINUX_REX_H
#define _LINUX_REX_H

#include <linux/types.h>
#include <uapi/linux/bpf.h>
#include <uapi/linux/rex.h>

struct bpf_prog_aux;
struct seq_file;
struct stack_info;

#ifdef CONFIG_REX
/**
 * rex_bpf_cmd() - tell whether a command of bpf(2) is one of Rex's
 * @cmd: the command
 *
 * Return: true for REX_OBJ_LOAD and REX_PROG_GET.
 */
static inline bool rex_bpf_cmd(int cmd)
{
	return cmd == REX_OBJ_LOAD || cmd == REX_PROG_GET;
}

int rex_sys_bpf(int cmd, union bpf_attr *attr, void __user *uattr);
void rex_prog_free(struct bpf_prog_aux *aux);
void rex_prog_show_fdinfo(struct seq_file *m, const struct bpf_prog_aux *aux);
int rex_address_lookup(unsigned long addr, unsigned long *size,
		       unsigned long *off, char *sym);
#else
static inline bool rex_bpf_cmd(int cmd)
{
	return false;
}

static inline int rex_sys_bpf(int cmd, union bpf_attr *attr,
			      void __user *uattr)
{
	return -EINVAL;
}

static inline void rex_prog_free(struct bpf_prog_aux *aux)
{
}

static inline void rex_prog_show_fdinfo(struct seq_file *m,
					const struct bpf_prog_aux *aux)
{
}

static inline int rex_address_lookup(unsigned long addr, unsigned long *size,
				     unsigned long *off, char *sym)
{
	return 0;
}
#endif /* CONFIG_REX */

#endif /* _LINUX_REX_H */
