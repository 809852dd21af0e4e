/* SPDX-License-Identifier: GPL-2.0 */
/*
 * librex: loads Rex extensions into the kernel.
 *
 * A Rex object is opened, may be adjusted through the struct bpf_object that
 * stands for it, and is loaded. From there on everything is libbpf's:
 * attaching, links, pinning, maps.
 *
 *	struct rex_object *obj = rex_object__open("hello", NULL);
 *	struct bpf_program *prog;
 *
 *	if (!obj || rex_object__load(obj))
 *		return 1;
 *	prog = rex_object__program(obj, "rex_prog1");
 *	link = bpf_program__attach(prog);
 *
 * Errors are negative errno values, or NULL with errno set, and one line of
 * text that names object, place, reason and cure: see rex_set_print().
 */
#ifndef LIBREX_H
#define LIBREX_H

#include <stdarg.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef LIBREX_API
#define LIBREX_API __attribute__((visibility("default")))
#endif

struct bpf_object;
struct bpf_program;
struct rex_object;

/* Messages */

enum rex_print_level {
	REX_PRINT_ERROR,
	REX_PRINT_DEBUG,
};

/* Gets whole lines, newline included. */
typedef int (*rex_print_fn_t)(enum rex_print_level level, const char *format,
			      va_list args);

/*
 * Sends messages to @fn, or nowhere if @fn is NULL, and returns what was set
 * before. Without it, errors go to stderr; debug messages too, once
 * rex_set_debug() turned them on.
 */
LIBREX_API rex_print_fn_t rex_set_print(rex_print_fn_t fn);

/* Turns debug messages of the default print function on or off. */
LIBREX_API void rex_set_debug(int enable);

/* Objects */

/*
 * Initialize with REX_OPTS(): later versions add members at the end, and sz
 * says which of them the caller knew.
 */
struct rex_object_opts {
	size_t sz;
	/* name in messages and traces; default: the file's name */
	const char *object_name;
	/*
	 * where the kernel's log goes, NUL-terminated; must live until the
	 * object is loaded. Without it librex has a buffer of its own. Either
	 * way the lines are passed to the print function, too.
	 */
	char *kernel_log_buf;
	size_t kernel_log_size;
};

#define REX_OPTS(TYPE, NAME, ...) \
	struct TYPE NAME = { .sz = sizeof(struct TYPE), __VA_ARGS__ }

/*
 * Read a Rex object from a file or from memory and open the BPF object that
 * stands for it. Nothing reaches the kernel yet: change max_entries, pin paths,
 * autoload through rex_object__bpf_object() now. Return NULL and set errno on
 * error.
 */
LIBREX_API struct rex_object *
rex_object__open(const char *path, const struct rex_object_opts *opts);
LIBREX_API struct rex_object *
rex_object__open_mem(const void *image, size_t size,
		     const struct rex_object_opts *opts);

/*
 * Between open and load: how long an invocation of @prog may run, 1 to 1000
 * milliseconds, in place of what the sysctl kernel.rex.budget_ms says; and
 * after how many panics, faults and timeouts @prog is not run any more, 0 (as
 * without the call) for never. Return 0 or a negative errno, in errno too.
 */
LIBREX_API int rex_object__set_budget_ms(struct rex_object *obj,
					 const struct bpf_program *prog,
					 unsigned int budget_ms);
LIBREX_API int rex_object__set_max_exits(struct rex_object *obj,
					 const struct bpf_program *prog,
					 unsigned int max_exits);

/*
 * Creates the maps, loads the object into the kernel and fetches its programs.
 * Returns 0 or a negative errno, in errno too. After an error the object can
 * only be closed.
 */
LIBREX_API int rex_object__load(struct rex_object *obj);

/* Frees the object with its maps and programs. Links and pins stay. */
LIBREX_API void rex_object__close(struct rex_object *obj);

/*
 * The BPF object that stands for @obj, owned by it; NULL for NULL. Never load
 * or close it with libbpf.
 */
LIBREX_API struct bpf_object *
rex_object__bpf_object(const struct rex_object *obj);

LIBREX_API const char *rex_object__name(const struct rex_object *obj);

/*
 * The program called @name. NULL with errno ENOENT, and a message that lists
 * the programs there are, if there is none.
 */
LIBREX_API struct bpf_program *rex_object__program(const struct rex_object *obj,
						   const char *name);

/* The calls of the first Rex: what they return lives until the process ends. */

struct rex_obj;

/* Opens and loads in one step. Returns NULL and sets errno on error. */
LIBREX_API struct rex_obj *rex_obj_load(const char *path);

LIBREX_API struct bpf_object *rex_obj_get_bpf(struct rex_obj *obj);

#ifdef __cplusplus
}
#endif

#endif /* LIBREX_H */
