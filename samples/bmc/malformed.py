# SPDX-License-Identifier: GPL-2.0
"""Datagrams that are no good requests: who sends them gets what memcached alone answers, by name."""
import socket

from lib.rex import DEADLINE, check

from memcached import FRAME, frame

KEY = b"malformed"
MARK = 0xfffe  # the request that is sent behind, whose answer says that no other will come

# Each is sent to a memcached that has KEY, and to a cache that has it.
DATAGRAMS = {
    "a key of 251 bytes": [frame(1) + b"get " + b"k" * 251 + b"\r\n"],
    "a key of 251 bytes behind a good one": [frame(1) + b"get " + KEY + b" " + b"k" * 251 + b"\r\n"],
    "a key of 0 bytes": [frame(1) + b"get \r\n"],
    "keys of 0 bytes around a good one": [frame(1) + b"get  " + KEY + b"  \r\n"],
    "no key": [frame(1) + b"get\r\n"],
    "several keys": [frame(1) + b"get " + b" ".join([KEY] * 8) + b"\r\n"],
    "several keys, one of them missing": [frame(1) + b"get " + KEY + b" missing " + KEY + b"\r\n"],
    "no end of line": [frame(1) + b"get " + KEY],
    "a \\r without a \\n": [frame(1) + b"get " + KEY + b"\r"],
    "a \\n without a \\r": [frame(1) + b"get " + KEY + b"\n"],
    "a NUL in the key": [frame(1) + b"get mal\0formed\r\n"],
    "two requests in one": [frame(1) + b"get " + KEY + b"\r\nget " + KEY + b"\r\n"],
    "an unknown command": [frame(1) + b"got " + KEY + b"\r\n"],
    "a command in capitals": [frame(1) + b"GET " + KEY + b"\r\n"],
    "an opcode of the binary protocol": [frame(1) + b"\x80\0" + bytes(22)],
    "a wrong magic of the binary protocol": [frame(1) + b"\x81\xff" + bytes(22)],
    "a request split into two datagrams": [frame(1, 0, 2) + b"get mal", frame(1, 1, 2) + b"formed\r\n"],
    "the second of two datagrams": [frame(1, 1, 2) + b"get " + KEY + b"\r\n"],
    "a request of no datagrams": [frame(1, 0, 0) + b"get " + KEY + b"\r\n"],
    "no datagram at all": [b""],
    "a frame of 1 byte": [b"\0"],
    "a frame of 7 bytes": [frame(1)[:7]],
    "a frame and nothing behind": [frame(1)],
    "no frame": [b"get " + KEY + b"\r\n"],
    "a SET of a key of 251 bytes": [frame(1) + b"set " + b"k" * 251 + b" 0 0 1\r\nx\r\n"],
    "a SET with more data than it says": [frame(1) + b"set " + KEY + b" 0 0 1\r\nmore\r\n"],
    "a SET of a negative length": [frame(1) + b"set " + KEY + b" 0 0 -1\r\nx\r\n"],
}


def answers(namespace, address, port, datagrams):
    """[(request id, text)] of what comes back, up to the answer to a request that is sent behind.

    memcached sends the values of several keys in datagrams of their own, the cache in one: the text counts.
    """
    with namespace.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.settimeout(DEADLINE)
        udp.connect((address, port))
        for datagram in datagrams:
            udp.send(datagram)
        udp.send(frame(MARK) + b"mn\r\n")
        got = []
        while not got or got[-1][0] != MARK:
            datagram = udp.recv(65536)
            request, number, total, _ = FRAME.unpack_from(datagram)
            check((number, total) == (0, 1), "the frame of an answer", datagram)
            text = datagram[FRAME.size:]
            if got and got[-1][0] == request:
                text = got.pop()[1] + text
            got.append((request, text))
        return got


def run(both, cached, plain):
    """`both` are clients of both memcacheds; `cached` and `plain` are where they are: namespace, address, port."""
    for name, datagrams in DATAGRAMS.items():
        both.store(b"set", KEY, b"value", 0, 0)
        for _ in range(2):
            both.get(KEY)
        got, expected = answers(*cached, datagrams), answers(*plain, datagrams)
        check(got == expected, f"{name}: with the cache", got, "without", expected)
        for _ in range(2):
            both.get(KEY)
