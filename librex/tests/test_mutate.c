// SPDX-License-Identifier: GPL-2.0
/*
 * A good object with seeded damage: whatever it is, opening gives an object or
 * one line and an errno, and nothing is read or lost that should not be.
 *
 * REX_MUTATIONS and REX_SEED in the environment ask for more, or others. What
 * fails is named by its seed: REX_SEED=<that> REX_MUTATIONS=1 runs it alone.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <librex.h>

#include "capture.h"
#include "fake_kernel.h"
#include "fixture.h"

/* splitmix64 */
static __u64 random_state;

static __u64 next_random(void)
{
	__u64 z = random_state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

static size_t below(size_t n)
{
	return next_random() % n;
}

static __u64 interesting_value(size_t size)
{
	static const __u64 values[] = {
		0,
		1,
		7,
		8,
		0x7f,
		0xff,
		0x7fff,
		0xff00,
		0xffff,
		0x7fffffff,
		0x80000000,
		0xffffffff,
		0x7fffffffffffffff,
		-8,
		-1,
	};

	switch (below(3)) {
	case 0:
		return next_random();
	case 1:
		return below(2 * size);
	default:
		return values[below(sizeof(values) / sizeof(values[0]))];
	}
}

/* Where damage is likely to matter; the whole file else. */
static size_t interesting_place(struct fixture *f, size_t table)
{
	static const char *const sections[] = {
		".rex.progs",	     ".rex.maps", ".rela.dyn",
		".data.rel.ro.maps", ".shstrtab", ".rex.types",
	};
	struct fixture good = fixture_good();
	Elf64_Shdr *shdr;
	size_t place;

	shdr = fixture_section(&good, sections[below(6)]);
	switch (below(4)) {
	case 0:
		place = below(sizeof(Elf64_Ehdr));
		break;
	case 1:
		place = table + below(f->size - table);
		break;
	case 2:
		place = shdr->sh_offset + below(shdr->sh_size);
		break;
	default:
		place = below(f->size);
	}
	fixture_free(&good);
	return place;
}

static void damage(struct fixture *f)
{
	size_t table = fixture_ehdr(f)->e_shoff;

	for (size_t n = 1 + below(4); n; n--) {
		size_t place = interesting_place(f, table);
		size_t width = (size_t)1 << below(4);
		__u64 value = interesting_value(f->size);

		place -= place % width;
		if (place + width <= f->size)
			memcpy(f->data + place, &value, width);
	}
	if (!below(16))
		f->size = below(f->size);
}

/* Returns whether the object was still good. */
static bool try(__u64 seed)
{
	struct fixture f = fixture_good();
	struct rex_object *obj;
	unsigned char *image;
	bool good;

	random_state = seed;
	damage(&f);
	image = malloc(f.size);
	memcpy(image, f.data, f.size);

	capture_clear();
	fake_kernel_reset();
	errno = 0;
	obj = rex_object__open_mem(image, f.size, NULL);
	good = obj;
	if ((!obj && !errno) || count_lines(captured) != !obj)
		fail_msg("REX_SEED=%llu: errno %d, messages: %s", seed, errno,
			 captured);
	if (obj && !rex_object__load(obj))
		assert_memory_equal(fake_kernel.image, image, f.size);
	rex_object__close(obj);
	free(image);
	fixture_free(&f);
	return good;
}

static __u64 from_environment(const char *name, __u64 otherwise)
{
	const char *value = getenv(name);

	return value ? strtoull(value, NULL, 0) : otherwise;
}

static void damaged_objects_do_no_harm(void **state)
{
	__u64 cnt = from_environment("REX_MUTATIONS", 5000);
	__u64 seed = from_environment("REX_SEED", 1);
	int good = 0, fds = count_fds();

	(void)state;
	for (__u64 i = 0; i < cnt; i++) {
		good += try(seed + i);
		if (count_fds() != fds)
			fail_msg("REX_SEED=%llu: lost a file descriptor",
				 seed + i);
	}
	print_message("%llu damaged objects: %d opened all the same\n", cnt,
		      good);
	if (cnt >= 1000) {
		/* Neither kind must be all there is. */
		assert_in_range(good, cnt / 100, cnt - cnt / 10);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		REX_TEST(damaged_objects_do_no_harm),
	};

	return cmocka_run_group_tests_name("mutations", tests, NULL, NULL);
}
