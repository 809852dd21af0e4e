#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What the helpers of network programs return, and what they do to the packet."""
import errno
import socket
import struct

from lib.net import BUDGET_MS, TC_ACT_OK, XDP_PASS, Program, udp_packet
from lib.rex import Loaded, check, extension

PACKET = udp_packet("10.0.0.1", "10.0.0.2")
LO = 1


def error(number):
    return -number % 2 ** 64


def compare(name, answers, expected, start=0):
    for index, right in enumerate(expected, start):
        got = answers.get(index)
        check(got == right, f"{name}, answer {index}: {got:#x}, expected {right:#x}")


def bounds(loaded, answers):
    verdict, packet, _ = Program(loaded.ids["xdp_bounds"]).run(PACKET)
    compare("xdp_bounds", answers, (error(errno.EINVAL),) * 4 + (0, 0, 8, 0, 8, error(errno.EACCES), 0, 0, 0, error(errno.EINVAL)))
    check((verdict, packet) == (XDP_PASS, b"head" + PACKET + b"tail"), verdict, packet)


def checksums(loaded, answers):
    """The packet that comes out is the one that has the new port and one hop less, and its sums are right."""
    verdict, packet, _ = Program(loaded.ids["tc_checksums"]).run(PACKET)
    compare("tc_checksums", answers, (0, 0, 0, 0, 0x200, 0, error(errno.EFAULT), error(errno.EFAULT), error(errno.ENOMEM),
                                      error(errno.EINVAL)))
    compare("tc_checksums", answers, (1, 0, len(PACKET) + 4), 20)
    hop = udp_packet("10.0.0.1", "10.0.0.2", ports=(1000, 10))
    sums = struct.unpack(">H", hop[24:26])[0] + 0x100
    expected = hop[:22] + b"\x3f" + hop[23:24] + struct.pack(">H", (sums & 0xFFFF) + (sums >> 16)) + hop[26:] + bytes(4)
    check((verdict, packet) == (TC_ACT_OK, expected), f"verdict {verdict}", packet.hex(), expected.hex())


def lookups(loaded, answers, wish):
    """Sockets on lo, and the route to it; what a program forgot to release is given back."""
    with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
        tcp.bind(("127.0.0.1", 0))
        tcp.listen()
        udp.bind(("127.0.0.1", 0))
        ports = tcp.getsockname()[1], udp.getsockname()[1]
        here = int.from_bytes(socket.inet_aton("127.0.0.1"), "little")
        for index, number in enumerate((*ports, LO, here, here)):
            wish.set(index, number)
        for name in ("xdp_lookups", "tc_lookups"):
            program = Program(loaded.ids[name])
            # Test runs of tc programs are in the caller's namespace, those of XDP in the interface's.
            verdict, _, _ = program.run(PACKET)
            check(verdict == 0, verdict)
            listening, forwarding_is_off = 10, 5
            compare(name, answers, (ports[0], listening, ports[1], 17, forwarding_is_off, LO, 0, 0, 0))
            check(loaded.exits(name)["leaks"] == 1, loaded.exits(name))
    # All references are given back: the ports are free again.
    with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
        tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        tcp.bind(("127.0.0.1", ports[0]))
        udp.bind(("127.0.0.1", ports[1]))


with Loaded(extension("net"), budget_ms=BUDGET_MS) as held:
    found = held.map("answers")
    bounds(held, found)
    checksums(held, found)
    lookups(held, found, held.map("wish"))
    for tested in ("xdp_bounds", "tc_checksums", "xdp_lookups", "tc_lookups"):
        check(held.panics(tested) == 0, f"{tested} panicked")
