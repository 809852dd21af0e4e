/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _REX_IMAGE_H
#define _REX_IMAGE_H

#include <linux/types.h>
#include <uapi/linux/rex.h>

struct bpf_map;
struct rex_elf;
struct rex_log;
struct rex_symbol_table;

/* Bytes of a thunk, which is one cache line. */
#define REX_THUNK_SIZE		64

/**
 * struct rex_image - an object's memory: thunks, then its segments
 * @base: start, in the range of modules
 * @size: bytes, whole pages
 * @bias: address in the file + @bias = address in memory
 * @text_start: start of what can run, which is that of the thunks
 * @text_end: end of the last executable segment
 * @thunks: names of what the thunks stand for, in their order
 * @thunk_cnt: how many
 * @progs: its programs; entries are addresses in memory
 * @prog_cnt: how many, at least one
 * @maps: its maps; handles are addresses in memory
 * @map_cnt: how many
 * @imports: kernel symbols that the programs can reach; each is one that
 *	rex_symbol_find() finds, each entry is that of one of @progs
 * @import_cnt: how many
 * @names: names of its functions, or NULL
 * @license: its license
 *
 * The tables are copies, so nothing that a program writes changes them.
 */
struct rex_image {
	void			*base;
	u32			size;
	unsigned long		bias;
	unsigned long		text_start;
	unsigned long		text_end;
	const char		**thunks;
	u32			thunk_cnt;
	struct rex_prog_desc	*progs;
	u32			prog_cnt;
	struct rex_map_desc	*maps;
	u32			map_cnt;
	struct rex_import_desc	*imports;
	u32			import_cnt;
	struct rex_symbol_table	*names;
	char			license[64];
};

int rex_image_create(struct rex_image *img, const struct rex_elf *elf,
		     struct bpf_map *const *maps, u32 map_cnt,
		     struct rex_log *log);
void rex_image_destroy(struct rex_image *img);
const char *rex_image_symbol(const struct rex_image *img, unsigned long addr,
			     unsigned long *size, unsigned long *off);

/**
 * rex_image_text() - tell whether an address can be code of an object
 * @img: the object's image
 * @addr: the address
 *
 * The range includes the thunks, and data between executable segments.
 */
static inline bool rex_image_text(const struct rex_image *img,
				  unsigned long addr)
{
	return addr >= img->text_start && addr < img->text_end;
}

#endif /* _REX_IMAGE_H */
