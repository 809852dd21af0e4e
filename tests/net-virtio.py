#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
XDP programs on virtio-net, a driver of real hardware's kind: in the driver and behind it they see packets of
both IP versions, drop them, send them back, out of another interface, and see those in several buffers.
"""
import contextlib
import errno
import os
import socket

from lib.net import BUDGET_MS, DRV_MODE, SKB_MODE, XDP_DROP, XDP_PASS, XDP_TX, Namespace, Program, fails_with, ip
from lib.rex import DEADLINE, Loaded, check, extension
from lib.wire import End, Wire

MODES = {SKB_MODE: "generic", DRV_MODE: "driver"}
ETH_P_ALL = 3
JUMBO_MTU = 9000
FRAME = b"\xff" * 6 + b"\x02" * 6 + b"\x88\xb5" + bytes(range(46))  # of a type for experiments


def interfaces():
    """The two of the virtual machine."""
    found = [name for name in sorted(os.listdir("/sys/class/net"))
             if os.path.realpath(f"/sys/class/net/{name}/device/driver").endswith("/virtio_net")]
    check(len(found) == 2, f"the virtual machine should have two interfaces of virtio-net: {found}")
    return found


@contextlib.contextmanager
def placed(name, host):
    """An interface in a namespace of its own. It comes back when that ends."""
    with Namespace(name) as space:
        ip(f"link set {name} netns {space.path}")
        yield End(space, name, 1, host)
        space.ip(f"link set {name} mtu 1500", f"link set {name} down")
        space.ip(f"link set {name} netns {os.getpid()}")


def passes(loaded, far, wire):
    program = Program(loaded.ids["xdp_fields"])
    for mode, name in MODES.items():
        with far.namespace.entered(), program.link(far.index, Program.XDP, mode):
            check(f"xdp{'generic' if mode == SKB_MODE else ''} " in far.namespace.run("ip", "link", "show", far.name), name)
            wire.check_seen(f"virtio-net, {name}")
            check(loaded.map("answers").get(4) == far.index, f"{name}: another interface")


def raw(end):
    sock = end.namespace.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    sock.bind((end.name, ETH_P_ALL))
    sock.settimeout(DEADLINE)
    return sock


def next_frame(sock):
    """The next of this test's frames that comes in, without its verdict; other traffic aside."""
    while True:
        frame, address = sock.recvfrom(2048)
        if address[2] != socket.PACKET_OUTGOING and frame.startswith(FRAME):
            return frame[len(FRAME):-1]


def verdicts(loaded, near, far):
    """What is dropped doesn't arrive, what is sent back does, at the sender. A wire keeps the order."""
    with raw(near) as sender, raw(far) as waiting:
        for mode, name in MODES.items():
            with far.namespace.entered(), Program(loaded.ids["xdp_obeys"]).link(far.index, Program.XDP, mode):
                for verdict in XDP_DROP, XDP_TX, XDP_PASS:
                    sender.send(FRAME + b"%s %d" % (name.encode(), verdict) + bytes((verdict,)))
                for sock, verdict in (sender, XDP_TX), (waiting, XDP_PASS):
                    text = next_frame(sock)
                    check(text == b"%s %d" % (name.encode(), verdict), f"{name}: {text} arrives, expected verdict {verdict}")


def buffers(loaded, near, far, wire):
    """Packets in several buffers go to programs that take them; others are refused where there can be such packets."""
    jumbo = bytes(range(250)) * 32
    for end in near, far:
        end.namespace.ip(f"link set {end.name} mtu {JUMBO_MTU}")
    with far.namespace.entered():
        with fails_with(errno.EINVAL, "a program for packets in one buffer"), \
                Program(loaded.ids["xdp_fields"]).link(far.index, Program.XDP, DRV_MODE):
            pass
        for mode, name in MODES.items():
            with Program(loaded.ids["xdp_frags"]).link(far.index, Program.XDP, mode):
                wire.check_seen(f"several buffers, {name}", jumbo)
                length, first = loaded.map("answers").first(2)
                check(length > len(jumbo) > first > 0, f"{name}: {first} bytes of {length} are in the first buffer")


with Loaded(extension("net"), budget_ms=BUDGET_MS) as held:
    first, second = interfaces()
    with placed(first, 1) as left, placed(second, 2) as right, Wire(left, right, held) as between:
        passes(held, right, between)
        verdicts(held, left, right)
        buffers(held, left, right, between)
    for tested in ("xdp_fields", "xdp_obeys", "xdp_frags"):
        check(held.panics(tested) == 0, f"{tested} panicked")
