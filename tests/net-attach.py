#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
XDP and tc programs are attached to real interfaces in each of the ways there are, see real packets
over IPv4 and IPv6, and an error is one where there is no such thing. An interface that
goes takes its programs along.
"""
import errno
import socket

from lib.net import BUDGET_MS, DRV_MODE, SKB_MODE, Namespace, Program, fails_with, ifindex_of, ip
from lib.rex import Loaded, check, extension, read, wait_until
from lib.wire import Wire, join

PIN = "/sys/fs/bpf/rex-net"
LO, NO_SUCH_INTERFACE = 1, 12345


def xdp(end, loaded, wire):
    program = Program(loaded.ids["xdp_fields"])
    for mode in (SKB_MODE, DRV_MODE):
        with end.namespace.entered(), program.link(end.index, Program.XDP, mode):
            wire.check_seen(f"XDP by a link, mode {mode}")
            with fails_with(errno.EBUSY, "a second program, without replacing"), program.link(end.index, Program.XDP, mode):
                pass
    with program.pinned(PIN):
        for mode in ("xdpgeneric", "xdpdrv"):
            end.namespace.ip(f"link set dev {end.name} {mode} pinned {PIN}")
            wire.check_seen(f"ip link … {mode} pinned")
            check("xdp_fields" in end.namespace.run("ip", "link", "show", end.name), "ip doesn't show it")
            end.namespace.ip(f"link set dev {end.name} {mode} off")


def tc(end, loaded, wire):
    program = Program(loaded.ids["tc_fields"])
    with end.namespace.entered(), program.link(end.index, Program.TCX_INGRESS):
        wire.check_seen("tcx")
    with program.pinned(PIN):
        end.namespace.run("tc", "qdisc", "add", "dev", end.name, "clsact")
        end.namespace.run("tc", "filter", "add", "dev", end.name, "ingress", "bpf", "da", "pinned", PIN)
        check("direct-action" in end.namespace.run("tc", "filter", "show", "dev", end.name, "ingress"), "tc doesn't show it")
        wire.check_seen("tc filter … bpf pinned")
        end.namespace.run("tc", "qdisc", "del", "dev", end.name, "clsact")


def bad_input(loaded):
    xdp_program, tc_program = Program(loaded.ids["xdp_fields"]), Program(loaded.ids["tc_fields"])
    for program, kind, error in ((xdp_program, Program.XDP, errno.EINVAL), (tc_program, Program.TCX_INGRESS, errno.ENODEV)):
        with fails_with(error, "no such interface"), program.link(NO_SUCH_INTERFACE, kind):
            pass
    with fails_with(errno.EOPNOTSUPP, "a driver without XDP"), xdp_program.link(LO, Program.XDP, DRV_MODE):
        pass
    with fails_with(errno.EINVAL, "an XDP program at tc"), xdp_program.link(LO, Program.TCX_INGRESS):
        pass
    with fails_with(errno.EINVAL, "a tc program at XDP"), tc_program.link(LO, Program.XDP):
        pass


def interface_goes(loaded):
    """While programs of all kinds are attached to it; they are still there, and can go elsewhere."""
    xdp_program, tc_program = Program(loaded.ids["xdp_fields"]), Program(loaded.ids["tc_fields"])
    ip("link add goes0 type veth peer name goes1", "link set goes0 up", "link set goes1 up")
    index = socket.if_nametoindex("goes0")
    with xdp_program.link(index, Program.XDP) as xdp_link, tc_program.link(index, Program.TCX_EGRESS) as tc_link:
        for link in xdp_link, tc_link:
            check(ifindex_of(link) == index, read(f"/proc/self/fdinfo/{link}"))
        ip("link del goes0")
        for link in xdp_link, tc_link:
            wait_until(lambda link=link: ifindex_of(link) == 0, "the link without an interface")
    with xdp_program.link(LO, Program.XDP):
        pass


with Loaded(extension("net"), budget_ms=BUDGET_MS) as held:
    bad_input(held)
    interface_goes(held)
    with Namespace("rex-a") as a, Namespace("rex-b") as b:
        left, right = join(a, b)
        with Wire(left, right, held) as between:
            xdp(right, held, between)
            tc(right, held, between)
    for name in ("xdp_fields", "tc_fields"):
        check(held.panics(name) == 0, f"{name} panicked")
