#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
What programs find in a packet is what their twin in eBPF finds: Ethernet, VLANs, IPv4 and
IPv6 with options and extension headers, TCP and UDP, cut short and damaged in seeded ways.
"""
import contextlib
import os
import random
import struct

from lib.net import BUDGET_MS, Program
from lib.rex import TOP, Loaded, check, extension, output_of

SEED = 20
SHORTEST = 15  # bytes that BPF_PROG_TEST_RUN takes: an Ethernet header, and one more for tc
TIMES = 100_000 if os.environ.get("REX_SOAK") else 1000
TWIN = f"{TOP}/build/tests/parse.bpf.o"
PIN = "/sys/fs/bpf/rex-twin"
IPV4, IPV6, VLAN, QINQ, ARP = 0x0800, 0x86DD, 0x8100, 0x88A8, 0x0806
HOP, TCP, UDP, ROUTING, FRAGMENT, AUTHENTICATION, ICMPV6, NONE, DESTINATION = 0, 6, 17, 43, 44, 51, 58, 59, 60


def transport(rand, protocol):
    data = rand.randbytes(rand.randrange(40))
    if protocol == TCP:
        words = rand.choice((5, 5, 6, 10, 15, rand.randrange(16)))
        return struct.pack(">HHIIBBHHH", *(rand.randrange(2 ** 16) for _ in range(2)), 1, 2, words << 4, 16, 512, 0, 0) + \
            rand.randbytes(max(0, words * 4 - 20)) + data
    if protocol == UDP:
        length = rand.choice((8 + len(data), 8 + len(data), rand.randrange(80)))
        return struct.pack(">HHHH", rand.randrange(2 ** 16), rand.randrange(2 ** 16), length, 0) + data
    return data


def ipv4(rand):
    protocol = rand.choice((TCP, UDP, UDP, 1, rand.randrange(256)))
    words = rand.choice((5, 5, 5, 6, 15, rand.randrange(16)))
    content = rand.randbytes(max(0, words * 4 - 20)) + transport(rand, protocol)
    total = rand.choice((20 + len(content),) * 4 + (rand.randrange(100),))
    fragment = rand.choice((0, 0, 0x4000, 0x2000, 100, 0x2001))
    version = rand.choice((4,) * 9 + (5,))
    return struct.pack(">BBHHHBBHII", version << 4 | words, 0, total, 7, fragment, 64, protocol, 0, 1, 2) + content


def ipv6(rand):
    headers, kinds = b"", [rand.choice((HOP, ROUTING, FRAGMENT, AUTHENTICATION, DESTINATION)) for _ in range(rand.choice((0, 0, 1, 2, 5)))]
    last = rand.choice((TCP, UDP, UDP, ICMPV6, NONE, rand.randrange(256)))
    for kind, following in zip(kinds, kinds[1:] + [last]):
        if kind == FRAGMENT:
            headers += struct.pack(">BBHI", following, rand.randrange(4), rand.choice((0, 1, 8, 0xFFF8)), 9)
        else:
            units = rand.choice((0, 1, 2))
            headers += bytes((following, units)) + rand.randbytes((units + 2) * 4 - 2 if kind == AUTHENTICATION else units * 8 + 6)
    content = headers + transport(rand, last)
    length = rand.choice((len(content),) * 4 + (0, rand.randrange(100)))
    return struct.pack(">IHBB", rand.choice((6,) * 9 + (4,)) << 28, length, (kinds + [last])[0], 64) + rand.randbytes(32) + content


def packet(rand):
    """Mostly good: what is bad is so in one or two places."""
    kind = rand.choice((IPV4, IPV4, IPV6, IPV6, ARP))
    tags = b"".join(struct.pack(">HH", rand.choice((VLAN, QINQ)), rand.randrange(2 ** 16)) for _ in range(rand.choice((0, 0, 0, 1, 2, 5))))
    content = ipv4(rand) if kind == IPV4 else ipv6(rand) if kind == IPV6 else rand.randbytes(46)
    whole = bytearray(rand.randbytes(12) + tags + struct.pack(">H", kind) + content)
    if rand.random() < 0.2:
        del whole[rand.randrange(SHORTEST, len(whole) + 1):]
    elif rand.random() < 0.2:
        whole += bytes(rand.randrange(30))
    for _ in range(rand.choice((0, 0, 0, 1, 2))):
        whole[rand.randrange(12, len(whole))] = rand.randrange(256)
    return bytes(whole)


def runs(name, data):
    """BPF_PROG_TEST_RUN refuses packets for tc whose IP header is cut short; XDP programs get them all."""
    shortest = {b"\x08\x00": 34, b"\x86\xdd": 54}.get(data[12:14], 0)
    return name == "xdp_parse" or len(data) >= shortest


@contextlib.contextmanager
def twin():
    output_of("bpftool", "prog", "load", TWIN, PIN, "type", "xdp")
    try:
        yield Program(path=PIN)
    finally:
        os.unlink(PIN)


def main():
    rand = random.Random(SEED)
    results = set()
    with twin() as ebpf, Loaded(extension("net"), budget_ms=BUDGET_MS) as loaded:
        programs = {name: Program(loaded.ids[name]) for name in ("xdp_parse", "tc_parse")}
        for number in range(TIMES):
            data = packet(rand)
            expected = ebpf.run(data)[0]
            for name, program in programs.items():
                if not runs(name, data):
                    continue
                found = program.run(data)[0]
                check(found == expected, f"packet {number} of seed {SEED}, {data.hex()}: {name} says {found}, its twin {expected}")
            results.add(expected)
        for name in programs:
            check(loaded.panics(name) == 0, f"{name} panicked")
    # The programs tell packets apart, and do not all say the same.
    check(len(results) > TIMES // 4, f"only {len(results)} different results")
    print(f"| a packet's headers, found as by eBPF | {TIMES} | {len(results)} different |")


main()
