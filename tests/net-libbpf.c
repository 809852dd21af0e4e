// SPDX-License-Identifier: GPL-2.0
/*
 * Rex programs are attached to interfaces by the calls that libbpf has for that: XDP
 * by a link and by netlink, in both modes, tc by clsact and tcx. They see packets of
 * both IP versions, replace each other where that is asked for and only there, and
 * what is wrong gets its errno, and where the kernel has words for it, those.
 */
#include <errno.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <librex.h>

#include "lib/check.h"
#include "lib/wire.h"

#define OBJECT "ext/net/target/x86_64-unknown-none/release/net"
#define BUDGET_MS 1000 /* a machine that is busy must not end programs */
#define NO_SUCH_INTERFACE 12345
#define TC_ACT_SHOT 2

/* Of enum bpf_attach_type, in newer headers. */
#define TCX_INGRESS ((enum bpf_attach_type)46)
#define TCX_EGRESS ((enum bpf_attach_type)47)

/* An object whose programs note in a map that they have run. */
struct watcher {
	struct rex_object *obj;
	int answers, wish;
};

static struct wire wire;
/* Two, to tell a program from the one that replaces it. */
static struct watcher first, second;

/* What libbpf has said since said[0] was cleared. */
static char said[4096];

static int note(enum libbpf_print_level level, const char *format, va_list args)
{
	size_t len = strlen(said);

	if (level != LIBBPF_DEBUG)
		vsnprintf(said + len, sizeof(said) - len, format, args);
	return 0;
}

/* @tcx: where its program `tc_fields` goes by tcx, else 0 */
static struct watcher watcher_load(enum bpf_attach_type tcx)
{
	struct watcher watcher = { .obj = rex_object__open(OBJECT, NULL) };
	struct bpf_object *bpf = rex_object__bpf_object(watcher.obj);
	struct bpf_program *prog;

	if (!watcher.obj)
		exit(1);
	bpf_object__for_each_program(prog, bpf)
		rex_object__set_budget_ms(watcher.obj, prog, BUDGET_MS);
	prog = rex_object__program(watcher.obj, "tc_fields");
	if (!prog || bpf_program__set_expected_attach_type(prog, tcx))
		die("tc_fields: %m");
	if (rex_object__load(watcher.obj))
		exit(1);
	watcher.answers = bpf_object__find_map_fd_by_name(bpf, "answers");
	watcher.wish = bpf_object__find_map_fd_by_name(bpf, "wish");
	return watcher;
}

static void load_watchers(enum bpf_attach_type tcx)
{
	rex_object__close(first.obj);
	rex_object__close(second.obj);
	first = watcher_load(tcx);
	second = watcher_load(tcx);
}

static struct bpf_program *program(const struct watcher *watcher,
				   const char *name)
{
	struct bpf_program *prog = rex_object__program(watcher->obj, name);

	if (!prog)
		exit(1);
	return prog;
}

static int fd_of(const struct watcher *watcher, const char *name)
{
	return bpf_program__fd(program(watcher, name));
}

static void set(int map, __u32 key, __u64 value)
{
	if (bpf_map_update_elem(map, &key, &value, BPF_ANY))
		die("map: %m");
}

static bool has_run(const struct watcher *watcher)
{
	__u32 key = 0;
	__u64 value = 0;

	bpf_map_lookup_elem(watcher->answers, &key, &value);
	return value == 1;
}

/* Packets that go one way are seen by a watcher, and by no other. */
static void check_seen(void (*send)(int family), const struct watcher *by,
		       const char *what)
{
	const struct watcher *other = by == &first ? &second : &first;

	for (int i = 0; i < 2; i++) {
		int family = i ? AF_INET6 : AF_INET;

		set(first.answers, 0, 0);
		set(second.answers, 0, 0);
		send(family);
		check(has_run(by), "%s, IPv%d: the program has not run", what,
		      i ? 6 : 4);
		check(!has_run(other), "%s, IPv%d: another program has run",
		      what, i ? 6 : 4);
	}
}

static void in(int family)
{
	wire_send(&wire, family);
}

static void out(int family)
{
	int err = wire_send_out(&wire, family);

	check(!err, "not sent: %s", strerror(err));
}

/* A call failed with an errno; @words: what libbpf has said of it, or NULL. */
static void check_fails(long result, int error, const char *words,
			const char *what)
{
	check(result == -error, "%s: %ld, expected %d", what, result, -error);
	check(!words || strstr(said, words),
	      "%s: expected '%s', libbpf said: %s", what, words ?: "", said);
	said[0] = 0;
}

/* The same for calls that return a link. */
static void check_no_link(struct bpf_link *link, int error, const char *words,
			  const char *what)
{
	check_fails(link ? 0 : -errno, error, words, what);
	bpf_link__destroy(link);
}

static void check_attached(const struct watcher *watcher, __u8 mode)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, opts);
	struct bpf_prog_info info = { 0 };
	__u32 len = sizeof(info);

	if (bpf_obj_get_info_by_fd(fd_of(watcher, "xdp_fields"), &info, &len) ||
	    bpf_xdp_query(wire.ifindex, 0, &opts))
		die("query: %m");
	check(opts.prog_id == info.id && opts.attach_mode == mode,
	      "program %u in mode %u is attached, expected %u in %u",
	      opts.prog_id, opts.attach_mode, info.id, mode);
}

static void check_nothing_attached(void)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, opts);

	check(!bpf_xdp_query(wire.ifindex, 0, &opts) && !opts.prog_id,
	      "program %u stays attached", opts.prog_id);
}

static void xdp_by_link(void)
{
	struct bpf_program *prog = program(&first, "xdp_fields");
	struct bpf_link *link = bpf_program__attach_xdp(prog, wire.ifindex);

	if (!link)
		die("attach_xdp: %m");
	check_attached(&first, XDP_ATTACHED_DRV);
	check_seen(in, &first, "attach_xdp");
	check_no_link(bpf_program__attach_xdp(program(&second, "xdp_fields"),
					      wire.ifindex),
		      EBUSY, NULL, "a second link");
	check_fails(bpf_xdp_attach(wire.ifindex, fd_of(&second, "xdp_fields"),
				   0, NULL),
		    EBUSY, "Can't replace active BPF XDP link",
		    "netlink over a link");
	check(!bpf_link__update_program(link, program(&second, "xdp_fields")),
	      "update: %m");
	check_attached(&second, XDP_ATTACHED_DRV);
	check_seen(in, &second, "update_program");
	bpf_link__destroy(link);
	check_nothing_attached();
}

static void xdp_by_netlink(__u32 mode, __u32 other_mode, __u8 attached)
{
	LIBBPF_OPTS(bpf_xdp_attach_opts, opts);
	int fd = fd_of(&first, "xdp_fields");
	int next = fd_of(&second, "xdp_fields");
	const char *what = mode == XDP_FLAGS_SKB_MODE ? "netlink, generic"
						      : "netlink, driver";

	check(!bpf_xdp_attach(wire.ifindex, fd,
			      mode | XDP_FLAGS_UPDATE_IF_NOEXIST, NULL),
	      "%s: %m", what);
	check_attached(&first, attached);
	check_seen(in, &first, what);
	check_fails(bpf_xdp_attach(wire.ifindex, next,
				   mode | XDP_FLAGS_UPDATE_IF_NOEXIST, NULL),
		    EBUSY, "XDP program already attached",
		    "a second one without replacing");
	check_fails(bpf_xdp_attach(wire.ifindex, next, other_mode, NULL),
		    EEXIST, "Native and generic XDP can't be active",
		    "one in the other mode");
	opts.old_prog_fd = next;
	check_fails(bpf_xdp_attach(wire.ifindex, next, mode | XDP_FLAGS_REPLACE,
				   &opts),
		    EEXIST, "Active program does not match expected",
		    "in place of one that is not there");
	check_attached(&first, attached);
	opts.old_prog_fd = fd;
	check(!bpf_xdp_attach(wire.ifindex, next, mode | XDP_FLAGS_REPLACE,
			      &opts),
	      "%s, replace: %m", what);
	check_attached(&second, attached);
	check_seen(in, &second, "replaced");
	check(!bpf_xdp_detach(wire.ifindex, mode, NULL), "detach: %m");
	check_nothing_attached();
}

static void tc(enum bpf_tc_attach_point point, void (*send)(int family),
	       const char *what)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = wire.ifindex,
		    .attach_point = point);
	LIBBPF_OPTS(bpf_tc_opts, opts, .prog_fd = fd_of(&first, "tc_fields"));
	LIBBPF_OPTS(bpf_tc_opts, place);

	check_fails(bpf_tc_attach(&hook, &opts), EINVAL,
		    "Parent Qdisc doesn't exist", "tc without a qdisc");
	check(!bpf_tc_hook_create(&hook), "%s, hook: %m", what);
	check_fails(bpf_tc_hook_create(&hook), EEXIST, NULL, "a second hook");
	check(!bpf_tc_attach(&hook, &opts), "%s, attach: %m", what);
	check_seen(send, &first, what);

	place.handle = opts.handle;
	place.priority = opts.priority;
	check(!bpf_tc_query(&hook, &place) && place.prog_id == opts.prog_id,
	      "%s: program %u is there, expected %u", what, place.prog_id,
	      opts.prog_id);
	opts.prog_fd = fd_of(&second, "tc_fields");
	opts.prog_id = 0;
	check_fails(bpf_tc_attach(&hook, &opts), EEXIST, NULL,
		    "a second one without replacing");
	opts.flags = BPF_TC_F_REPLACE;
	check(!bpf_tc_attach(&hook, &opts), "%s, replace: %m", what);
	check_seen(send, &second, "replaced");

	place.prog_id = 0;
	check(!bpf_tc_detach(&hook, &place), "%s, detach: %m", what);
	hook.attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS;
	check(!bpf_tc_hook_destroy(&hook), "%s, hook's end: %m", what);
}

/* What a program returns is what becomes of the packet. */
static void direct_action(void)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = wire.ifindex,
		    .attach_point = BPF_TC_EGRESS);
	LIBBPF_OPTS(bpf_tc_opts, opts, .prog_fd = fd_of(&first, "tc_ends"));
	int err;

	set(first.wish, 0, 0);
	set(first.wish, 1, TC_ACT_SHOT);
	check(!bpf_tc_hook_create(&hook) && !bpf_tc_attach(&hook, &opts),
	      "direct action: %m");
	err = wire_send_out(&wire, AF_INET);
	check(err == ENOBUFS, "direct action: the packet goes out: %s",
	      strerror(err));
	hook.attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS;
	check(!bpf_tc_hook_destroy(&hook), "direct action, hook's end: %m");
	out(AF_INET);
}

/* Older ones of libbpf have no call for it, and the system call's. */
static struct bpf_link *attach_tcx(const struct bpf_program *prog, int ifindex)
{
#if LIBBPF_MAJOR_VERSION > 1 || LIBBPF_MINOR_VERSION >= 3
	return bpf_program__attach_tcx(prog, ifindex, NULL);
#else
	enum bpf_attach_type type = bpf_program__expected_attach_type(prog);
	int fd = bpf_link_create(bpf_program__fd(prog), ifindex, type, NULL);
	struct bpf_link *link;
	char path[64];

	if (fd < 0)
		return NULL;
	snprintf(path, sizeof(path), "/sys/fs/bpf/rex-tcx-%d", fd);
	if (bpf_obj_pin(fd, path))
		die("pin: %m");
	link = bpf_link__open(path);
	unlink(path);
	close(fd);
	return link;
#endif
}

static void tcx(enum bpf_attach_type type, void (*send)(int family),
		const char *what)
{
	struct bpf_link *link, *beside;
	struct bpf_program *prog, *next;

	load_watchers(type);
	prog = program(&first, "tc_fields");
	next = program(&second, "tc_fields");
	check_no_link(attach_tcx(prog, NO_SUCH_INTERFACE), ENODEV, NULL,
		      "tcx on no interface");
	link = attach_tcx(prog, wire.ifindex);
	if (!link)
		die("%s: %m", what);
	check_seen(send, &first, what);
	/* They run one after the other; the first that has a verdict has the last word. */
	beside = attach_tcx(next, wire.ifindex);
	check(beside, "%s, a second one: %m", what);
	check_seen(send, &first, what);
	bpf_link__destroy(link);
	check_seen(send, &second, what);
	bpf_link__destroy(beside);
}

static void no_such_hook(void)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = NO_SUCH_INTERFACE,
		    .attach_point = BPF_TC_INGRESS);
	struct bpf_program *prog = program(&first, "xdp_fields");
	int fd = bpf_program__fd(prog), lo = if_nametoindex("lo");

	check_no_link(bpf_program__attach_xdp(prog, NO_SUCH_INTERFACE), EINVAL,
		      NULL, "a link to no interface");
	check_fails(bpf_xdp_attach(NO_SUCH_INTERFACE, fd, 0, NULL), ENODEV,
		    NULL, "netlink to no interface");
	check_fails(bpf_tc_hook_create(&hook), ENODEV, NULL,
		    "a hook of no interface");
	check_fails(bpf_xdp_attach(lo, fd, XDP_FLAGS_DRV_MODE, NULL),
		    EOPNOTSUPP, "does not support XDP in native mode",
		    "the driver of lo");
	check_fails(bpf_xdp_attach(wire.ifindex, fd_of(&first, "tc_fields"), 0,
				   NULL),
		    EINVAL, NULL, "a tc program at XDP");
	check_fails(bpf_xdp_attach(wire.ifindex, fd,
				   XDP_FLAGS_SKB_MODE | XDP_FLAGS_DRV_MODE,
				   NULL),
		    EINVAL, NULL, "both modes");
	check_nothing_attached();
}

int main(void)
{
	libbpf_set_print(note);
	load_watchers(0);
	wire = wire_make();

	no_such_hook();
	xdp_by_link();
	xdp_by_netlink(XDP_FLAGS_SKB_MODE, XDP_FLAGS_DRV_MODE,
		       XDP_ATTACHED_SKB);
	xdp_by_netlink(XDP_FLAGS_DRV_MODE, XDP_FLAGS_SKB_MODE,
		       XDP_ATTACHED_DRV);
	tc(BPF_TC_INGRESS, in, "tc ingress");
	tc(BPF_TC_EGRESS, out, "tc egress");
	direct_action();
	tcx(TCX_INGRESS, in, "tcx ingress");
	tcx(TCX_EGRESS, out, "tcx egress");

	rex_object__close(first.obj);
	rex_object__close(second.obj);
	return !!checks_failed;
}
