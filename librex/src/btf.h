/* SPDX-License-Identifier: GPL-2.0 */
#ifndef REX_BTF_H
#define REX_BTF_H

#include <bpf/btf.h>

#include "elf.h"

/* Bytes that the definition of one map takes in the section .maps. */
#define REX_BTF_MAP_SIZE 40

/*
 * Describes the maps of @elf as clang describes those of an eBPF program. The
 * caller frees it with btf__free(). NULL with errno set on error.
 */
struct btf *rex_btf_new(const struct rex_elf *elf);

#endif
