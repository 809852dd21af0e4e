// SPDX-License-Identifier: GPL-2.0
/*
 * Loads objects that were changed at random, which must neither harm the kernel
 * nor leave anything behind. Those that load are never run.
 *
 *	mutate [COUNT [SEED]]
 *
 * The same seed makes the same mutants. Changes favour what the kernel reads:
 * headers, relocations, symbols, and the tables of Rex. With REX_SOAK in the
 * environment there are more, and others each time.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <librex.h>

#include "lib/check.h"
#include "lib/elf_file.h"
#include "lib/raw_bpf.h"

#define SAMPLE(name) \
	"../samples/" name "/target/x86_64-unknown-none/release/" name

#define DEFAULT_COUNT 1000
#define DEFAULT_SEED 1
#define SOAK_COUNT 100000
/* Until caches of the kernel have their size. */
#define WARM_UP 100
#define CHANGES_MAX 4
#define MAPS_MAX 8
/* That librex reads it too is worth a part of the time. */
#define LIBREX_EVERY 8
/* RCU grace periods and workqueues. */
#define SETTLE_SECONDS 20

static uint64_t random_state;

/* splitmix64 */
static uint64_t random_u64(void)
{
	uint64_t z = (random_state += 0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

static uint64_t random_below(uint64_t end)
{
	return end ? random_u64() % end : 0;
}

struct range {
	size_t start;
	size_t size;
};

/* Parts of the file that a change goes to; a name may be there twice. */
static const char *const sections[] = {
	".rex.progs",	".rex.maps", ".rex.imports", ".note.rex",
	".rex.symbols", ".rela.dyn", ".rela.text",   ".dynsym",
	".symtab",	".dynstr",   ".shstrtab",    ".data.rel.ro",
	".got",		"license",   ".rela.dyn",    ".rex.progs",
};

static struct range pick_range(const struct elf_file *file)
{
	const Elf64_Ehdr *ehdr = elf_ehdr(file);
	const Elf64_Shdr *shdr;

	switch (random_below(8)) {
	case 0:
		return (struct range){ 0, sizeof(*ehdr) };
	case 1:
		return (struct range){ ehdr->e_phoff,
				       ehdr->e_phnum * sizeof(Elf64_Phdr) };
	case 2:
		return (struct range){ ehdr->e_shoff,
				       ehdr->e_shnum * sizeof(Elf64_Shdr) };
	case 3:
		return (struct range){ 0, file->size };
	default:
		shdr = elf_find_section(file, sections[random_below(
						      ARRAY_SIZE(sections))]);
		if (!shdr || !shdr->sh_size)
			return (struct range){ 0, file->size };
		return (struct range){ shdr->sh_offset, shdr->sh_size };
	}
}

/* Values at which checks go wrong. */
static uint64_t pick_value(uint64_t old, const struct elf_file *file)
{
	switch (random_below(12)) {
	case 0:
		return 0;
	case 1:
		return UINT64_MAX;
	case 2:
		return INT64_MAX;
	case 3:
		return UINT32_MAX;
	case 4:
		return 1ULL << random_below(64);
	case 5:
		return -(1ULL << random_below(64));
	case 6:
		return old + 1;
	case 7:
		return old - 1;
	case 8:
		return file->size;
	case 9:
		return old + 4096;
	case 10:
		return old ^ (1ULL << random_below(64));
	default:
		return random_u64();
	}
}

/* Where the changes go is chosen in the good file: the mutant's is spoiled. */
static void change(struct elf_file *mutant, const struct elf_file *good)
{
	struct range range = pick_range(good);
	size_t size = 1UL << random_below(4);
	uint64_t value = 0;
	size_t at;

	if (!random_below(64)) {
		mutant->size = random_below(mutant->size);
		return;
	}
	if (range.size < size)
		size = 1;
	at = range.start + random_below(range.size / size) * size;
	if (at + size > mutant->size)
		return;

	memcpy(&value, mutant->bytes + at, size);
	/* Else another of the range's, such as the next entry's. */
	if (random_below(4))
		value = pick_value(value, good);
	else
		memcpy(&value,
		       good->bytes + range.start +
			       random_below(range.size / size) * size,
		       size);
	memcpy(mutant->bytes + at, &value, size);
}

/* An object with its maps, from which mutants are made. */
struct origin {
	struct elf_file file;
	struct rex_object *object;
	int map_fds[MAPS_MAX];
	size_t map_cnt;
};

static void origin_init(struct origin *origin, const char *path)
{
	struct bpf_map *map;

	elf_file_read(&origin->file, path);
	origin->object = rex_object__open(path, NULL);
	if (!origin->object || rex_object__load(origin->object))
		die("the good object %s does not load", path);
	origin->map_cnt = 0;
	bpf_object__for_each_map(map, rex_object__bpf_object(origin->object))
	{
		if (origin->map_cnt == MAPS_MAX)
			die("%s: more than %d maps", path, MAPS_MAX);
		origin->map_fds[origin->map_cnt++] = bpf_map__fd(map);
	}
}

static void origin_end(struct origin *origin)
{
	rex_object__close(origin->object);
	elf_file_free(&origin->file);
}

static bool errno_expected(int err)
{
	return err == EINVAL || err == ENOEXEC || err == ENOENT ||
	       err == E2BIG || err == EACCES;
}

/* One line, of what a terminal can show whatever is in the file. */
static bool log_ok(const char *log)
{
	const char start[] = "rex: object 'test': ";

	if (strncmp(log, start, strlen(start)))
		return false;
	while (*log >= ' ' && *log <= '~')
		log++;
	return !strcmp(log, "\n");
}

static void refused(uint64_t number, const char *what, int err, const char *log)
{
	check(errno_expected(err) && log_ok(log),
	      "mutant %" PRIu64 ": %s: %s: '%s'", number, what, strerror(err),
	      log);
}

/* Returns whether the mutant loads. */
static bool load(const struct elf_file *mutant, const struct origin *origin,
		 uint64_t number)
{
	int obj_fd, prog_fd;
	char log[2048];
	size_t cnt;

	obj_fd = raw_obj_load(mutant->bytes, mutant->size, origin->map_fds,
			      origin->map_cnt, log, sizeof(log));
	if (obj_fd < 0) {
		refused(number, "load", -obj_fd, log);
		return false;
	}
	/* The tables in the good file: names and types are most likely those. */
	elf_progs(&origin->file, &cnt);
	for (size_t i = 0; i < cnt; i++) {
		const struct rex_prog_desc *prog =
			&elf_progs(&origin->file, NULL)[i];

		prog_fd = raw_prog_get(obj_fd, prog->name, prog->prog_type, log,
				       sizeof(log));
		if (prog_fd < 0)
			refused(number, prog->name, -prog_fd, log);
		else
			close(prog_fd);
	}
	close(obj_fd);
	return true;
}

static void load_with_librex(const struct elf_file *mutant)
{
	struct rex_object *obj;

	obj = rex_object__open_mem(mutant->bytes, mutant->size, NULL);
	if (obj)
		rex_object__load(obj);
	rex_object__close(obj);
}

/* Returns how many of the mutants load. */
static uint64_t mutate(const struct origin *origins, size_t origin_cnt,
		       uint64_t count)
{
	uint64_t loaded = 0;

	for (uint64_t number = 0; number < count; number++) {
		const struct origin *origin = &origins[number % origin_cnt];
		uint64_t changes = 1 + random_below(CHANGES_MAX);
		struct elf_file mutant;

		elf_file_copy(&mutant, &origin->file);
		while (changes--)
			change(&mutant, &origin->file);
		loaded += load(&mutant, origin, number);
		if (!random_below(LIBREX_EVERY))
			load_with_librex(&mutant);
		elf_file_free(&mutant);
	}
	return loaded;
}

/* A line "Name: 123 kB" of /proc/meminfo. */
static long meminfo(const char *name)
{
	FILE *file = fopen("/proc/meminfo", "r");
	size_t len = strlen(name);
	char line[128];
	long kib = -1;

	if (!file)
		die("cannot read /proc/meminfo: %m");
	while (kib < 0 && fgets(line, sizeof(line), file))
		if (!strncmp(line, name, len) && line[len] == ':')
			kib = atol(line + len + 1);
	fclose(file);
	if (kib < 0)
		die("no %s in /proc/meminfo", name);
	return kib;
}

/*
 * Memory that only the kernel itself can hold: images, stacks and large tables
 * are in VmallocUsed, the rest is in slabs.
 */
static long kernel_kib(void)
{
	return meminfo("VmallocUsed") + meminfo("SUnreclaim");
}

/*
 * Half a KiB for each mutant is less than the smallest of what one holds that
 * is not a slab object (a page), and more than the slabs' own growth; single
 * slab objects are for kmemleak to find, in the debug flavour. What is freed
 * after a grace period gets time.
 */
static void check_memory(long before, uint64_t count)
{
	long allowed = count / 2 + 1024;
	time_t deadline = time(NULL) + SETTLE_SECONDS;

	while (kernel_kib() > before + allowed && time(NULL) < deadline)
		poll(NULL, 0, 50);
	check(kernel_kib() <= before + allowed,
	      "the kernel has %ld KiB before and %ld KiB after %" PRIu64
	      " mutants, %ld KiB more are allowed",
	      before, kernel_kib(), count, allowed);
}

static int no_line(enum libbpf_print_level level, const char *format,
		   va_list args)
{
	(void)level, (void)format, (void)args;
	return 0;
}

int main(int argc, char *argv[])
{
	bool soak = getenv("REX_SOAK");
	uint64_t count = soak ? SOAK_COUNT : DEFAULT_COUNT;
	uint64_t seed = soak ? (uint64_t)time(NULL) : DEFAULT_SEED;
	struct origin origins[2];
	uint64_t loaded;
	long before;
	int files;

	if (argc > 1)
		count = strtoull(argv[1], NULL, 0);
	if (argc > 2)
		seed = strtoull(argv[2], NULL, 0);

	libbpf_set_print(no_line);
	random_state = seed;
	origin_init(&origins[0], SAMPLE("map_test"));
	origin_init(&origins[1], SAMPLE("hello"));
	rex_set_print(NULL);

	mutate(origins, ARRAY_SIZE(origins), WARM_UP);
	files = open_files();
	before = kernel_kib();
	loaded = mutate(origins, ARRAY_SIZE(origins), count);
	check_memory(before, count);
	check(open_files() == files, "%d files open before, %d after", files,
	      open_files());

	printf("%" PRIu64 " mutants of seed %" PRIu64 ", %" PRIu64
	       " of which load\n",
	       count, seed, loaded);
	/* All or none: then it tests nothing. */
	check(loaded && loaded < count, "no mix of good and bad mutants");

	origin_end(&origins[0]);
	origin_end(&origins[1]);
	return checks_failed ? 1 : 0;
}
