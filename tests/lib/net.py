# SPDX-License-Identifier: GPL-2.0
"""Network programs, and the interfaces and namespaces that tests of them make."""
import contextlib
import ctypes
import errno
import os
import re
import socket
import struct
import subprocess

from lib.rex import DEADLINE, SYS_BPF, bpf, check, output_of, read

CLONE_NEWNET = 0x40000000
BUDGET_MS = 1000  # so that a machine that is busy with other things doesn't end programs half-way
XDP_ABORTED, XDP_DROP, XDP_PASS, XDP_TX, XDP_REDIRECT = range(5)
SKB_MODE, DRV_MODE = 1 << 1, 1 << 2  # where XDP runs: behind the driver, or in it
TC_ACT_UNSPEC, TC_ACT_OK, TC_ACT_SHOT, TC_ACT_REDIRECT = -1, 0, 2, 7

_libc = ctypes.CDLL(None, use_errno=True)


def system_call(number, *arguments):
    result = _libc.syscall(number, *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


class _TestRun(ctypes.Structure):
    """bpf_attr of BPF_PROG_TEST_RUN"""
    _fields_ = [("prog_fd", ctypes.c_uint32), ("retval", ctypes.c_uint32),
                ("data_size_in", ctypes.c_uint32), ("data_size_out", ctypes.c_uint32),
                ("data_in", ctypes.c_void_p), ("data_out", ctypes.c_void_p),
                ("repeat", ctypes.c_uint32), ("duration", ctypes.c_uint32),
                ("ctx_size_in", ctypes.c_uint32), ("ctx_size_out", ctypes.c_uint32),
                ("ctx_in", ctypes.c_void_p), ("ctx_out", ctypes.c_void_p),
                ("flags", ctypes.c_uint32), ("cpu", ctypes.c_uint32), ("batch_size", ctypes.c_uint32)]


class Program:
    """A program, by its id or by the path that it is pinned at."""

    _GET_FD_BY_ID, _GET_PINNED, _TEST_RUN, _LINK_CREATE, _PIN = 13, 7, 10, 28, 6
    XDP, TCX_INGRESS, TCX_EGRESS = 37, 46, 47

    def __init__(self, number=0, path=None):
        if path:
            name = ctypes.create_string_buffer(path.encode())
            self.fd = bpf(self._GET_PINNED, "QII", ctypes.addressof(name), 0, 0)
        else:
            self.fd = bpf(self._GET_FD_BY_ID, "III", number, 0, 0)

    def __del__(self):
        os.close(self.fd)

    def run(self, packet, context=b"", room=65536):
        """(verdict, the packet then, the context then) of BPF_PROG_TEST_RUN."""
        data, out = ctypes.create_string_buffer(packet, len(packet)), ctypes.create_string_buffer(room)
        ctx, ctx_out = ctypes.create_string_buffer(context, len(context)), ctypes.create_string_buffer(256)
        attr = _TestRun(prog_fd=self.fd, data_size_in=len(packet), data_size_out=room, repeat=1,
                        data_in=ctypes.addressof(data), data_out=ctypes.addressof(out))
        if context:
            attr.ctx_size_in, attr.ctx_size_out = len(context), len(context)
            attr.ctx_in, attr.ctx_out = ctypes.addressof(ctx), ctypes.addressof(ctx_out)
        system_call(SYS_BPF, self._TEST_RUN, ctypes.byref(attr), ctypes.sizeof(attr))
        return ctypes.c_int32(attr.retval).value, out.raw[:attr.data_size_out], ctx_out.raw[:attr.ctx_size_out]

    @contextlib.contextmanager
    def link(self, ifindex, attach_type, flags=0):
        """Attached by a link, which ends with the context."""
        fd = bpf(self._LINK_CREATE, "IIII", self.fd, ifindex, attach_type, flags)
        try:
            yield fd
        finally:
            os.close(fd)

    @contextlib.contextmanager
    def pinned(self, path):
        """Pinned under a path, for programs that take one."""
        name = ctypes.create_string_buffer(path.encode())
        bpf(self._PIN, "QII", ctypes.addressof(name), self.fd, 0)
        try:
            yield path
        finally:
            os.unlink(path)


@contextlib.contextmanager
def fails_with(number, what):
    """What the context does is a system call that fails with an errno."""
    try:
        yield
    except OSError as error:
        check(error.errno == number, f"{what}: {error}, expected {errno.errorcode[number]}")
        return
    raise AssertionError(f"{what}: no error, expected {errno.errorcode[number]}")


def ifindex_of(link):
    """The interface that a link is at, 0 for none."""
    return int(re.search(r"^ifindex:\t(\d+)$", read(f"/proc/self/fdinfo/{link}"), re.M)[1])


def ip(*lines):
    """Commands of ip(8), one a line."""
    done = subprocess.run(["ip", "-batch", "-"], input="\n".join(lines) + "\n", stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=3 * DEADLINE, check=False)
    check(done.returncode == 0, *lines, done.stdout)
    return done.stdout


def _enter(namespace):
    check(_libc.setns(namespace, CLONE_NEWNET) == 0, f"setns: {os.strerror(ctypes.get_errno())}")


def _own_namespace():
    """The one that this thread is in."""
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY)


class Namespace:
    """A network namespace, with its lo up. It has no name in the system: it goes with this process, however that ends."""

    def __init__(self, name):
        before = _own_namespace()
        check(_libc.unshare(CLONE_NEWNET) == 0, f"no namespace {name}: {os.strerror(ctypes.get_errno())}")
        self._fd = _own_namespace()
        _enter(before)
        os.close(before)
        # What ip(8) takes for a name.
        self.path = f"/proc/{os.getpid()}/fd/{self._fd}"
        self.ip("link set lo up")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self._fd)

    @contextlib.contextmanager
    def entered(self):
        """What this thread does in the context, it does in the namespace; sockets stay in it."""
        before = _own_namespace()
        _enter(self._fd)
        try:
            yield
        finally:
            _enter(before)
            os.close(before)

    def run(self, *command):
        with self.entered():
            return output_of(*command)

    def ip(self, *lines):
        with self.entered():
            return ip(*lines)

    def socket(self, *arguments):
        with self.entered():
            return socket.socket(*arguments)

    def ifindex(self, name):
        with self.entered():
            return socket.if_nametoindex(name)


def receiver(space, family, address, port=9):
    """A UDP socket that waits for a packet for a while."""
    sock = space.socket(family, socket.SOCK_DGRAM)
    sock.bind((address, port))
    sock.settimeout(DEADLINE)
    return sock


def udp_packet(source, destination, payload=b"payload!", ports=(1000, 9), macs=(b"\2" * 6, b"\4" * 6)):
    """An Ethernet frame with IPv4 and UDP, checksums included."""
    def checksum(data):
        total = sum(int.from_bytes(data[i:i + 2].ljust(2, b"\0"), "big") for i in range(0, len(data), 2))
        while total >> 16:
            total = (total & 0xFFFF) + (total >> 16)
        return ~total & 0xFFFF

    addresses = socket.inet_aton(source) + socket.inet_aton(destination)
    udp = struct.pack(">HHHH", *ports, 8 + len(payload), 0) + payload
    check_udp = checksum(addresses + struct.pack(">HH", 17, len(udp)) + udp)
    udp = udp[:6] + struct.pack(">H", check_udp) + udp[8:]
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0) + addresses
    head = head[:10] + struct.pack(">H", checksum(head)) + head[12:]
    return macs[1] + macs[0] + b"\x08\0" + head + udp
