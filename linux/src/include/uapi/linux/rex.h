/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * Rex: kernel extensions in safe Rust.
 *
 * Two commands of bpf(2) load a Rex object and fetch its programs. Their
 * numbers are far from those of enum bpf_cmd, and they are no members of it,
 * so that user space that knows only eBPF sees no difference.
 *
 * The structures below an object's section names are part of the ABI too:
 * the loader in the kernel reads them from the ELF file.
 */
#ifndef _UAPI_LINUX_REX_H
#define _UAPI_LINUX_REX_H

#include <linux/types.h>

/* Version of everything in this file; an object's build note carries it. */
#define REX_ABI_VERSION		1

/* Commands of bpf(2). Both return a file descriptor. */
#define REX_OBJ_LOAD		0x52450001
#define REX_PROG_GET		0x52450002

/* Sizes of names, terminating NUL included. */
#define REX_OBJ_NAME_LEN	32
#define REX_NAME_LEN		64
#define REX_SECTION_LEN		128

/**
 * struct rex_obj_load_attr - argument of REX_OBJ_LOAD
 * @image: user pointer to the whole ELF file as it is on disk
 * @image_size: bytes at @image
 * @flags: must be 0
 * @map_fds: user pointer to @map_cnt file descriptors of BPF maps, one for
 *	each entry of the object's .rex.maps section, in that order
 * @map_cnt: number of file descriptors at @map_fds
 * @log_size: bytes at @log_buf
 * @log_buf: user buffer for the reason of a refusal, or 0
 * @log_true_size: set by the kernel: bytes the whole log needs
 * @keyring_id: must be 0
 * @name: name of the object, NUL terminated: letters, digits, '_', '-', '.'
 */
struct rex_obj_load_attr {
	__aligned_u64	image;
	__u32		image_size;
	__u32		flags;
	__aligned_u64	map_fds;
	__u32		map_cnt;
	__u32		log_size;
	__aligned_u64	log_buf;
	__u32		log_true_size;
	__s32		keyring_id;
	char		name[REX_OBJ_NAME_LEN];
};

/**
 * struct rex_prog_get_attr - argument of REX_PROG_GET
 * @obj_fd: file descriptor that REX_OBJ_LOAD returned
 * @prog_type: BPF_PROG_TYPE_* that the caller will attach the program as; it
 *	must be the one the program was compiled for
 * @expected_attach_type: enum bpf_attach_type, as in BPF_PROG_LOAD
 * @flags: must be 0
 * @name: the program's name, NUL terminated
 * @log_buf: user buffer for the reason of a refusal, or 0
 * @log_size: bytes at @log_buf
 * @log_true_size: set by the kernel: bytes the whole log needs
 * @budget_ms: how long an invocation may run, 1 to 1000 milliseconds; 0 for
 *	what the sysctl kernel.rex.budget_ms says
 * @max_exits: after how many panics, faults and timeouts the program is not
 *	run any more; 0 for never
 */
struct rex_prog_get_attr {
	__u32		obj_fd;
	__u32		prog_type;
	__u32		expected_attach_type;
	__u32		flags;
	char		name[REX_NAME_LEN];
	__aligned_u64	log_buf;
	__u32		log_size;
	__u32		log_true_size;
	__u32		budget_ms;
	__u32		max_exits;
};

/* The program takes XDP packets that are in several buffers. */
#define REX_PROG_XDP_FRAGS	0x1

/**
 * struct rex_prog_desc - an entry of the section .rex.progs
 * @name: the program's name, a C identifier
 * @section: libbpf's section name for the hook, such as "kprobe/do_sys_open"
 * @prog_type: BPF_PROG_TYPE_* whose context the program was compiled for
 * @expected_attach_type: enum bpf_attach_type, or 0
 * @ctx_size: tracepoints: bytes of the record that the program may read
 * @flags: REX_PROG_* flags
 * @entry: address of the function ``u32 entry(void *ctx)``, relocated
 */
struct rex_prog_desc {
	char		name[REX_NAME_LEN];
	char		section[REX_SECTION_LEN];
	__u32		prog_type;
	__u32		expected_attach_type;
	__u32		ctx_size;
	__u32		flags;
	__aligned_u64	entry;
};

/**
 * struct rex_map_handle - what a map is in the object's memory
 * @map_type: enum bpf_map_type
 * @key_size: bytes of a key
 * @value_size: bytes of a value
 * @max_entries: as in BPF_MAP_CREATE; a loader may create the map larger
 * @map_flags: as in BPF_MAP_CREATE
 * @reserved: must be 0
 * @map: 0 in the file; the kernel puts its struct bpf_map there
 *
 * Handles lie in the part of the image that is read-only after relocation.
 */
struct rex_map_handle {
	__u32		map_type;
	__u32		key_size;
	__u32		value_size;
	__u32		max_entries;
	__u32		map_flags;
	__u32		reserved;
	__aligned_u64	map;
};

/**
 * struct rex_map_desc - an entry of the section .rex.maps
 * @name: the map's name, a C identifier
 * @handle: address of the map's struct rex_map_handle, relocated
 */
struct rex_map_desc {
	char		name[REX_NAME_LEN];
	__aligned_u64	handle;
};

/**
 * struct rex_map_types - an entry of the section .rex.types
 * @name: the map's name
 * @key: number of the key's type in @btf, or 0 where there is no description
 * @value: the same of the value's
 * @size: bytes of @btf, a multiple of 4; the next entry follows
 * @btf: a header, types and strings
 *
 * For tools, which show entries by their fields; the kernel does not read it.
 */
struct rex_map_types {
	char		name[REX_NAME_LEN];
	__u32		key;
	__u32		value;
	__u32		size;
	__u8		btf[];
};

/**
 * struct rex_import_desc - an entry of the section .rex.imports
 * @entry: entry of a program, relocated
 * @symbol: kernel symbol that the program can reach
 */
struct rex_import_desc {
	__aligned_u64	entry;
	char		symbol[REX_NAME_LEN];
};

/* ELF note in the section .note.rex */
#define REX_NOTE_NAME		"Rex"
#define REX_NOTE_BUILD		1

/**
 * struct rex_build_note - what an object was built for
 * @abi_version: REX_ABI_VERSION
 * @stack_depth: bytes of stack of the object's deepest program; 0 where
 *	checks at run time bound it
 * @stack_slack: most bytes used below one check until the next
 * @layout_cnt: words in @layout
 * @release: kernel release, as ``uname -r`` prints it
 * @crate_version: version of the crate that the object was built against
 * @layout: offset and size of each kernel structure field that the crate
 *	reads; see kernel/rex/layout.def
 */
struct rex_build_note {
	__u32		abi_version;
	__u32		stack_depth;
	__u32		stack_slack;
	__u32		layout_cnt;
	char		release[64];
	char		crate_version[32];
	__u32		layout[];
};

/**
 * struct rex_symbol_name - a function of the object, in .rex.symbols
 * @addr: address in the image
 * @size: bytes of code
 * @name: offset of the demangled name behind the table
 */
struct rex_symbol_name {
	__aligned_u64	addr;
	__u32		size;
	__u32		name;
};

/**
 * struct rex_symbol_table - header of the section .rex.symbols
 * @count: entries of @syms, sorted by address
 * @strings_size: bytes of names behind them
 * @syms: the entries
 */
struct rex_symbol_table {
	__u32			count;
	__u32			strings_size;
	struct rex_symbol_name	syms[];
};

#endif /* _UAPI_LINUX_REX_H */
