# SPDX-License-Identifier: GPL-2.0
"""memcached, and clients of it: writes over TCP, GETs over UDP."""
import contextlib
import socket
import struct
import subprocess

from lib.rex import DEADLINE, check, skip, wait_until

FRAME = struct.Struct(">HHHH")  # request id, number of the datagram, how many, reserved


def frame(request, number=0, total=1):
    return FRAME.pack(request, number, total, 0)


class Memcached:
    """A memcached of its own in a namespace, without anything left of it at the end."""

    def __init__(self, namespace, addresses, port, threads=2):
        command = ["memcached", "-u", "root", "-B", "ascii", "-t", str(threads), "-m", "64", "-l", ",".join(addresses),
                   "-p", str(port), "-U", str(port)]
        with namespace.entered():
            try:
                self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
            except FileNotFoundError:
                skip("memcached is not installed: scripts/setup installs it")
            wait_until(lambda: self._listens(addresses[0], port), "memcached listens")

    @staticmethod
    def _listens(address, port):
        with contextlib.suppress(ConnectionRefusedError):
            socket.create_connection((address, port), DEADLINE).close()
            return True
        return False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


class Client:
    """A client that waits for each answer."""

    def __init__(self, namespace, family, address, port):
        self._server = address, port
        self._tcp = namespace.socket(family, socket.SOCK_STREAM)
        self._udp = namespace.socket(family, socket.SOCK_DGRAM)
        for made in self._tcp, self._udp:
            made.settimeout(DEADLINE)
            made.connect(self._server)
        self._tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._request = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._tcp.close()
        self._udp.close()

    def exchange(self, pieces, end):
        """The answer, up to its `end`, to what is sent over TCP in pieces."""
        for piece in pieces:
            self._tcp.sendall(piece)
        text = b""
        while not text.endswith(end):
            more = self._tcp.recv(65536)
            check(more, "memcached closes the connection after", pieces)
            text += more
        return text

    def command(self, text):
        """The answer to a command over TCP that is one line."""
        return self.exchange([text], b"\r\n")

    def store(self, command, key, value, flags=0, expiry=0):
        return self.command(b"%s %s %d %d %d\r\n%s\r\n" % (command, key, flags, expiry, len(value), value))

    def set(self, key, value, flags=0, expiry=0):
        check(self.store(b"set", key, value, flags, expiry) == b"STORED\r\n", "a set fails", key, len(value))

    def ask(self, text):
        """The answer to a message over UDP. memcached can send one for each key, and END in the last."""
        self._request = (self._request + 1) % 0x10000
        self._udp.send(frame(self._request) + text)
        answer = b""
        while not is_whole(answer):
            answer += self._message()
        return answer

    def _message(self):
        """A message, of one datagram or more."""
        parts, total = [], 1
        while len(parts) < total:
            datagram = self._udp.recv(65536)
            request, number, total, reserved = FRAME.unpack_from(datagram)
            check((request, number, reserved) == (self._request, len(parts), 0), "the frame of an answer", datagram)
            parts.append(datagram[FRAME.size:])
        return b"".join(parts)

    def get(self, *keys):
        return self.ask(b"get %s\r\n" % b" ".join(keys))

    def get_tcp(self, key):
        return self.exchange([b"get %s\r\n" % key], b"END\r\n")


def split_value(text):
    """(data, what is behind) of an answer that starts with a value."""
    line, _, rest = text.partition(b"\r\n")
    length = int(line.split()[3])
    return rest[:length], rest[length + 2:]


def is_whole(answer):
    while answer.startswith(b"VALUE "):
        _, answer = split_value(answer)
    return answer.endswith(b"\r\n")


def value_in(answer):
    """The data in the answer to a GET of one key, or None."""
    if answer == b"END\r\n":
        return None
    value, rest = split_value(answer)
    check(rest == b"END\r\n", "what a GET answers", answer)
    return value
