/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The rules of the running filter. They are in a map that is pinned, so that
 * another call of the program, or bpftool, finds it.
 */
#ifndef XDP_TEST_RULES_H
#define XDP_TEST_RULES_H

#include <bpf/libbpf.h>

/*
 * Claims the rules for this process, until it ends. Returns 0, or -1 after a
 * message: another filter runs.
 */
int rules_claim(void);

/* Has the map pinned when its object is loaded. Returns 0, or -1 after a message. */
int rules_pin(struct bpf_object *obj);

/* Unpins the map; the rules end with the filter. */
void rules_unpin(void);

/* What the arguments ask for. Each returns an exit code. */
int rules_add(const char *port, const char *protocol);
int rules_del(const char *port, const char *protocol);
int rules_list(void);

#endif
