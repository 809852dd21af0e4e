#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
Programs send packets on: out of an interface, by maps of interfaces and CPUs, in generic and driver
mode, and clones of them from tc. A packet that a program changes is its own.
"""
import contextlib
import ctypes
import errno
import os
import socket

from lib.net import (BUDGET_MS, DRV_MODE, SKB_MODE, TC_ACT_OK, TC_ACT_REDIRECT, XDP_PASS, XDP_REDIRECT, Namespace, Program,
                     fails_with, ip, receiver)
from lib.rex import DEADLINE, Loaded, bpf, check, extension, wait_until

REDIRECT, BY_ARRAY, BY_HASH, BY_CPU = 1, 2, 3, 4
REDIRECT_TC, CLONE_TC = 1, 2
LO, NO_SUCH_INTERFACE, KEY = 1, 12345, 3
SO_NO_CHECK, ETH_P_ALL = 11, 3
BPF_MAP_CREATE, BPF_MAP_TYPE_DEVMAP, BPF_MAP_TYPE_CPUMAP, BPF_MAP_TYPE_DEVMAP_HASH = 0, 14, 16, 25


def set_value(number, key, value):
    """A map's entry whose value is a u32, by the map's id."""
    fd = bpf(14, "III", number, 0, 0)
    try:
        key, value = ctypes.c_uint32(key), ctypes.c_uint32(value)
        bpf(2, "QQQQ", fd, ctypes.addressof(key), ctypes.addressof(value), 0)
    finally:
        os.close(fd)


def no_program_in_entries(loaded):
    """The kernel lets eBPF maps have programs in their entries of interfaces and CPUs, but not Rex programs."""
    program = Program(loaded.ids["xdp_ends"])
    # The kernel says ENOMEM of whatever keeps it from making an entry for a CPU.
    for kind, what, place, error in ((BPF_MAP_TYPE_DEVMAP, "an interface", LO, errno.EINVAL),
                                     (BPF_MAP_TYPE_DEVMAP_HASH, "an interface, by hash", LO, errno.EINVAL),
                                     (BPF_MAP_TYPE_CPUMAP, "a CPU", 64, errno.ENOMEM)):
        made = bpf(BPF_MAP_CREATE, "IIIII", kind, 4, 8, 1, 0)
        key, value = ctypes.c_uint32(0), (ctypes.c_uint32 * 2)(place, program.fd)
        try:
            with fails_with(error, f"a program in the entry of {what}"):
                bpf(2, "QQQQ", made, ctypes.addressof(key), ctypes.addressof(value), 0)
            value[1] = 0
            bpf(2, "QQQQ", made, ctypes.addressof(key), ctypes.addressof(value), 0)
        finally:
            os.close(made)


@contextlib.contextmanager
def three_namespaces():
    """A sender and a receiver of the same subnet, and between them one that only programs forward in."""
    with Namespace("rex-a") as a, Namespace("rex-m") as middle, Namespace("rex-b") as b:
        for space, number, inner in ((a, 1, "left"), (b, 2, "right")):
            ip(f"link add outer netns {space.path} type veth peer name {inner} netns {middle.path}")
            space.ip(f"addr add 10.0.0.{number}/24 dev outer", f"link set outer address 02:00:00:00:00:0{number}",
                     f"neigh add 10.0.0.{3 - number} lladdr 02:00:00:00:00:0{3 - number} dev outer nud permanent", "link set outer up")
            middle.ip(f"link set {inner} up")
        yield a, middle, b


def arrives(sender, waiting, what):
    sender.sendto(what.encode(), ("10.0.0.2", 9))
    check(waiting.recv(100) == what.encode(), f"{what}: another packet")


def xdp(loaded, other, middle, receiving, ends):
    # A driver sends to a veth only where programs run at the other end, too.
    other.map("wish").set(1, XDP_PASS)
    with contextlib.ExitStack() as at_end:
        with receiving.entered():
            at_end.enter_context(Program(other.ids["xdp_ends"]).link(receiving.ifindex("outer"), Program.XDP, DRV_MODE))
        forward_in_both_modes(loaded, middle, ends)


def forward_in_both_modes(loaded, middle, ends):
    program, wish, answers = Program(loaded.ids["xdp_forward"]), loaded.map("wish"), loaded.map("answers")
    left, out = middle.ifindex("left"), middle.ifindex("right")
    with middle.entered():
        for name in "devices", "devices_by_hash":
            set_value(loaded.ids[name], KEY, out)
            with fails_with(errno.EINVAL, f"{name}: no such interface"):
                set_value(loaded.ids[name], 2, NO_SUCH_INTERFACE)
        for mode in (SKB_MODE, DRV_MODE):
            with program.link(left, Program.XDP, mode):
                for way, key in ((REDIRECT, out), (BY_ARRAY, KEY), (BY_HASH, KEY)):
                    wish.set(0, way)
                    wish.set(1, key)
                    arrives(*ends, f"mode {mode}, way {way}")
                    check(answers.get(0) == XDP_REDIRECT, f"mode {mode}, way {way}: verdict {answers.get(0)}")


def tc(loaded, middle, ends):
    program, wish, answers = Program(loaded.ids["tc_forward"]), loaded.map("wish"), loaded.map("answers")
    left, out = middle.ifindex("left"), middle.ifindex("right")
    with middle.entered(), program.link(left, Program.TCX_INGRESS):
        wish.set(1, out)
        for way, verdict in ((REDIRECT_TC, TC_ACT_REDIRECT), (CLONE_TC, TC_ACT_OK)):
            wish.set(0, way)
            answers.set(1, 0)
            arrives(*ends, f"tc, way {way}")
            check((answers.get(0), answers.get(1)) == (verdict, 0), f"tc, way {way}: {answers.get(0)}, {answers.get(1)}")


def by_cpu(loaded):
    """Packets go on on the other CPU, and to the socket they are for."""
    program, wish, answers = Program(loaded.ids["xdp_forward"]), loaded.map("wish"), loaded.map("answers")
    set_value(loaded.ids["cpus"], 1, 64)
    wish.set(0, BY_CPU)
    wish.set(1, 1)
    with program.link(LO, Program.XDP, SKB_MODE), socket.socket(type=socket.SOCK_DGRAM) as waiting, \
            socket.socket(type=socket.SOCK_DGRAM) as sender:
        waiting.bind(("127.0.0.1", 0))
        waiting.settimeout(DEADLINE)
        sender.sendto(b"by cpu", waiting.getsockname())
        check(waiting.recv(100) == b"by cpu", "another packet")
        check(answers.get(0) == XDP_REDIRECT, answers.get(0))
        # An entry that is not there: the verdict is that in the flags, 0, and the packet is dropped.
        wish.set(1, 0)
        sender.sendto(b"dropped", waiting.getsockname())
        wait_until(lambda: answers.get(0) == 0, "the verdict XDP_ABORTED")
        wish.set(0, 0)
        sender.sendto(b"last", waiting.getsockname())
        check(waiting.recv(100) == b"last", "the dropped packet came")


def others_keep_theirs(loaded):
    """A program changes a packet that a capture has, too: the socket gets the changed one, the capture has what was sent."""
    program, answers = Program(loaded.ids["tc_spoil"]), loaded.map("answers")
    sent, changed = b"as it was", bytes((ord("a") ^ 0xFF,)) + b"s it was"
    answers.set(0, 0)
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL)) as capture, \
            socket.socket(type=socket.SOCK_DGRAM) as waiting, socket.socket(type=socket.SOCK_DGRAM) as sender, \
            program.link(LO, Program.TCX_INGRESS):
        capture.bind(("lo", ETH_P_ALL))
        for sock in capture, waiting:
            sock.settimeout(DEADLINE)
        waiting.bind(("127.0.0.1", 0))
        sender.sendto(sent, waiting.getsockname())
        check(waiting.recv(100) == changed and answers.get(0) == 1, "the program did not change the packet")
        # It sees the packet when it is sent, and when it is received.
        for _ in range(2):
            frame = capture.recv(2048)
            check(frame.endswith(sent), f"captured: {frame}")


with Loaded(extension("net"), budget_ms=BUDGET_MS) as held:
    no_program_in_entries(held)
    by_cpu(held)
    others_keep_theirs(held)
    with three_namespaces() as (a, m, b), receiver(b, socket.AF_INET, "10.0.0.2") as waiter, \
            a.socket(socket.AF_INET, socket.SOCK_DGRAM) as sends:
        # A packet that programs send on has not the checksum that its device was to compute.
        sends.setsockopt(socket.SOL_SOCKET, SO_NO_CHECK, 1)
        tc(held, m, (sends, waiter))
        with Loaded(extension("net"), budget_ms=BUDGET_MS) as second:
            xdp(held, second, m, b, (sends, waiter))
    for tested in ("xdp_forward", "tc_forward", "tc_spoil"):
        check(held.panics(tested) == 0, f"{tested} panicked")
