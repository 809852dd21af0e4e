/* SPDX-License-Identifier: GPL-2.0 */
/* Attaches programs to network interfaces, until the loader ends. */
#ifndef SAMPLES_INTERFACE_H
#define SAMPLES_INTERFACE_H

#include <err.h>
#include <errno.h>
#include <limits.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "number.h"

#define INTERFACES_MAX 64

/* Of enum bpf_attach_type, in newer headers. */
#define INTERFACE_TCX_EGRESS 47

struct interfaces {
	int links[2 * INTERFACES_MAX];
	int count;
};

/*
 * The interface that an argument names or is the index of. Returns its index,
 * or 0 after a message.
 */
static inline unsigned int interface_parse(const char *arg)
{
	char name[IF_NAMESIZE];
	unsigned int index;
	long number;

	if (parse_number(arg, 1, INT_MAX, &number))
		index = if_indextoname(number, name) ? number : 0;
	else
		index = if_nametoindex(arg);
	if (!index)
		warnx("there is no interface '%s': 'ip link' lists them", arg);
	return index;
}

/* What the user can do about a failed attach, or an empty string. */
static inline const char *interface_hint(int err)
{
	switch (err) {
	case EBUSY:
	case EEXIST:
		return ": it has an XDP program: 'ip link set dev NAME xdp off', or end its loader";
	case EOPNOTSUPP:
		return ": its driver has no XDP";
	case EINVAL:
	case ERANGE:
		return ": is its MTU too large for XDP?";
	case EPERM:
	case EACCES:
		return ": start the loader as root";
	default:
		return "";
	}
}

static inline int interface_attach(struct interfaces *interfaces,
				   unsigned int index,
				   const struct bpf_program *prog,
				   enum bpf_attach_type type, __u32 flags)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .flags = flags);
	char name[IF_NAMESIZE] = "gone";
	int link, error;

	if (interfaces->count == 2 * INTERFACES_MAX) {
		warnx("more than %d interfaces", INTERFACES_MAX);
		return -1;
	}
	link = bpf_link_create(bpf_program__fd(prog), index, type, &opts);
	if (link >= 0) {
		interfaces->links[interfaces->count++] = link;
		return 0;
	}
	error = -link;
	if_indextoname(index, name);
	warnx("cannot attach %s to interface %u (%s): %s%s",
	      bpf_program__name(prog), index, name, strerror(error),
	      interface_hint(error));
	return -1;
}

/*
 * Attaches an XDP program: in the driver if that has XDP, else in the generic
 * way, unless @driver_only. Returns 0, or -1 after a message; either way
 * interfaces_detach() has to be called.
 */
static inline int interface_attach_xdp(struct interfaces *interfaces,
				       unsigned int index,
				       const struct bpf_program *prog,
				       bool driver_only)
{
	return interface_attach(interfaces, index, prog, BPF_XDP,
				driver_only ? XDP_FLAGS_DRV_MODE : 0);
}

/* The same for what leaves an interface, and a tc program. */
static inline int interface_attach_egress(struct interfaces *interfaces,
					  unsigned int index,
					  const struct bpf_program *prog)
{
	return interface_attach(interfaces, index, prog,
				(enum bpf_attach_type)INTERFACE_TCX_EGRESS, 0);
}

/*
 * Attaches all programs of an object to an interface: XDP programs to what comes
 * in, tc programs to what leaves. Returns 0, or -1 after a message, as above.
 */
static inline int interface_attach_all(struct bpf_object *obj, const char *arg,
				       struct interfaces *interfaces)
{
	unsigned int index = interface_parse(arg);
	struct bpf_program *prog;
	int err = index ? 0 : -1;

	bpf_object__for_each_program(prog, obj)
	{
		if (err)
			break;
		if (bpf_program__type(prog) == BPF_PROG_TYPE_XDP)
			err = interface_attach_xdp(interfaces, index, prog,
						   false);
		else
			err = interface_attach_egress(interfaces, index, prog);
	}
	return err;
}

static inline void interfaces_detach(struct interfaces *interfaces)
{
	while (interfaces->count)
		close(interfaces->links[--interfaces->count]);
}

#endif
