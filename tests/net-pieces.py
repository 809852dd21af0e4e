#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
Packets that are not in one piece: a tc program has the first, copies from all, and pulls what it wants
to see; an XDP program takes several buffers or is refused. Nothing is read that is not there.
"""
import errno
import socket

from lib.net import BUDGET_MS, DRV_MODE, SKB_MODE, Namespace, Program, fails_with
from lib.rex import DEADLINE, Loaded, check, extension
from lib.wire import Wire, join

LO = 1
DATA = bytes(range(250)) * 16
HEADERS = 14 + 20 + 20 + 12  # Ethernet, IPv4, TCP with a timestamp
JUMBO_MTU = 9000


def received(sock, length):
    data = b""
    while len(data) < length:
        data += sock.recv(length - len(data))
    return data


def sent_by_tcp(loaded):
    """TCP has its data in pages, and the headers in front of them."""
    with Namespace("alone") as space, space.socket() as listener, space.socket() as sender:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        sender.connect(listener.getsockname())
        accepted, _ = listener.accept()
        with accepted, space.entered(), Program(loaded.ids["tc_pieces"]).link(LO, Program.TCX_EGRESS):
            accepted.settimeout(DEADLINE)
            sender.sendall(DATA)
            check(received(accepted, len(DATA)) == DATA, "the data are others")
    length, last = HEADERS + len(DATA), int.from_bytes(DATA[-8:], "big")
    found = loaded.map("answers").first(12)
    expected = [length, HEADERS, len(DATA), 0, 1, 0, last, 0, length, 0, len(DATA), last]
    check(found == expected, f"found {found}", f"expected {expected}")


def jumbo_packets(loaded):
    """On a veth that can have packets in several buffers."""
    with Namespace("near") as near, Namespace("far") as far:
        here, there = join(near, far)
        for end in here, there:
            end.namespace.ip(f"link set {end.name} mtu {JUMBO_MTU}")
        with Wire(here, there, loaded) as wire, far.entered():
            with fails_with(errno.ERANGE, "a program for packets in one buffer"), \
                    Program(loaded.ids["xdp_fields"]).link(there.index, Program.XDP, DRV_MODE):
                pass
            # Behind the driver the packet is made one piece for it.
            with Program(loaded.ids["xdp_fields"]).link(there.index, Program.XDP, SKB_MODE):
                wire.check_seen("one buffer", DATA * 2)
                length, whole = loaded.map("answers").first(3)[1:]
                check(length == whole > 2 * len(DATA), f"{length} bytes of {whole} are in the packet")
            for mode in SKB_MODE, DRV_MODE:
                with Program(loaded.ids["xdp_frags"]).link(there.index, Program.XDP, mode):
                    wire.check_seen(f"several buffers, mode {mode}", DATA * 2)
                    length, first = loaded.map("answers").first(2)
                    check(length > 2 * len(DATA) > first > 0, f"mode {mode}: {first} bytes of {length} are in the first buffer")


with Loaded(extension("net"), budget_ms=BUDGET_MS) as held:
    sent_by_tcp(held)
    jumbo_packets(held)
    for tested in ("tc_pieces", "xdp_fields", "xdp_frags"):
        check(held.panics(tested) == 0, f"{tested} panicked")
