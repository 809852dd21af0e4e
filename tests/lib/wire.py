# SPDX-License-Identifier: GPL-2.0
"""Namespaces that are joined by pairs of veth interfaces, with addresses of both IP versions."""
import contextlib
import ctypes
import os
import socket

from lib.net import XDP_PASS, receiver
from lib.rex import bpf, check

BPF_PROG_LOAD, BPF_LINK_CREATE = 5, 28
BPF_PROG_TYPE_XDP, BPF_XDP = 6, 37


class End:
    """One end of a wire: an interface in a namespace, with addresses of a network."""

    def __init__(self, namespace, name, net, host):
        self.namespace, self.name = namespace, name
        self.ipv4, self.ipv6 = f"10.0.{net}.{host}", f"fd00:{net}::{host}"
        self.index = namespace.ifindex(name)
        # No duplicate address detection: the address is there at once.
        namespace.ip(f"addr add {self.ipv4}/24 dev {name}", f"addr add {self.ipv6}/64 dev {name} nodad",
                     f"link set {name} up")

    def address(self, family):
        return self.ipv4 if family == socket.AF_INET else self.ipv6

    @contextlib.contextmanager
    def takes_xdp_tx(self):
        """A veth gets what its peer's XDP program sends back only if it has an XDP program, too: here
        one in eBPF that passes all."""
        instructions = ctypes.create_string_buffer(bytes([0xb7, 0, 0, 0, XDP_PASS, 0, 0, 0]) + bytes([0x95] + 7 * [0]), 16)
        text = ctypes.create_string_buffer(b"GPL")
        program = bpf(BPF_PROG_LOAD, "IIQQIIQ", BPF_PROG_TYPE_XDP, 2, ctypes.addressof(instructions),
                      ctypes.addressof(text), 0, 0, 0)
        with self.namespace.entered():
            link = bpf(BPF_LINK_CREATE, "IIII", program, self.index, BPF_XDP, 0)
        os.close(program)
        try:
            yield
        finally:
            os.close(link)


class Wire:
    """Sends packets from one end of a wire to the other, in both IP versions, and knows whether a program has seen them."""

    def __init__(self, near, far, loaded):
        self._ends = [(near.namespace.socket(family, socket.SOCK_DGRAM), receiver(far.namespace, family, far.address(family)),
                       far.address(family)) for family in (socket.AF_INET, socket.AF_INET6)]
        self._answers = loaded.map("answers")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for sender, waiting, _ in self._ends:
            sender.close()
            waiting.close()

    def check_seen(self, what, packet=b"hello"):
        """A packet of each IP version is seen by the program, and comes through."""
        for sender, waiting, address in self._ends:
            self._answers.set(0, 0)
            sender.sendto(packet, (address, 9))
            check(waiting.recv(len(packet) + 1) == packet, f"{what}: another packet")
            check(self._answers.get(0) != 0, f"{what}: the program did not see the packet to {address}")


def join(first, second, net=1):
    """Join two namespaces by a wire; (first's end, second's end), interfaces wire<net> in each."""
    name = f"wire{net}"
    first.ip(f"link add {name} type veth peer name {name} netns {second.path}")
    return End(first, name, net, 1), End(second, name, net, 2)
