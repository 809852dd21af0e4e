# SPDX-License-Identifier: GPL-2.0
"""Single packets for the two programs of the cache, by test runs: sizes, headers, and what is malformed."""
import random
import socket
import struct

from lib.exits import times
from lib.net import TC_ACT_OK, XDP_PASS, XDP_TX
from lib.rex import check, read

from memcached import frame
from rig import PORT

MAC_CLIENT, MAC_SERVER = bytes.fromhex("020000000001"), bytes.fromhex("020000000002")
CLIENT_PORT = 40000
ADDRESSES = {4: ("10.1.1.1", "10.1.1.2"), 6: ("fd01::1", "fd01::2")}
TEXT_MAX = 1392  # of a datagram of memcached's
MUTATIONS = times(20_000)


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total > 0xffff:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def datagram(payload, version=4, to_server=True, options=b"", tag=b"", fragment=0):
    """A packet; IPv4 has no UDP checksum, as the cache's replies have none."""
    ends = ADDRESSES[version] if to_server else ADDRESSES[version][::-1]
    family = socket.AF_INET if version == 4 else socket.AF_INET6
    source, destination = (socket.inet_pton(family, end) for end in ends)
    ports = (CLIENT_PORT, PORT) if to_server else (PORT, CLIENT_PORT)
    macs = MAC_SERVER + MAC_CLIENT if to_server else MAC_CLIENT + MAC_SERVER
    udp = struct.pack(">HHHH", *ports, 8 + len(payload), 0) + payload
    if version == 6:
        check_sum = checksum(source + destination + struct.pack(">II", len(udp), 17) + udp) or 0xffff
        udp = udp[:6] + struct.pack(">H", check_sum) + udp[8:]
        return macs + tag + b"\x86\xdd" + struct.pack(">IHBB", 6 << 28, len(udp), 17, 64) + source + destination + udp
    length = 20 + len(options)
    header = struct.pack(">BBHHHBBH", 0x40 | length // 4, 0, length + len(udp), 0, fragment, 64, 17, 0) + source + destination + options
    header = header[:10] + struct.pack(">H", checksum(header)) + header[12:]
    return macs + tag + b"\x08\x00" + header + udp


def block(key, value, flags=0):
    return b"VALUE %s %d %d\r\n%s\r\n" % (key, flags, len(value), value)


class Programs:
    """The two programs, and clients' and memcached's part."""

    def __init__(self, cache):
        self.xdp, self.tc = cache.program("bmc_rx"), cache.program("bmc_tx")
        self.request = 0

    def ask(self, text, **how):
        """(verdict, packet) of a message to memcached."""
        self.request += 1
        verdict, packet, _ = self.xdp.run(datagram(frame(self.request) + text, **how))
        return verdict, packet

    def answer(self, text, **how):
        """memcached's answer to the last message."""
        sent = datagram(frame(self.request) + text, to_server=False, **how)
        verdict, packet, _ = self.tc.run(sent)
        check((verdict, packet) == (TC_ACT_OK, sent), "the tc program changes a packet", verdict, packet)

    def fill(self, key, text, **how):
        check(self.ask(b"get %s\r\n" % key, **how)[0] == XDP_PASS, "a GET of what is not there", key)
        self.answer(text, **how)

    def hits(self, key, **how):
        """The text of the cache's reply, whose headers have to be right; None if it leaves the GET to memcached."""
        sent = b"get %s\r\n" % key
        verdict, packet = self.ask(sent, **how)
        if verdict == XDP_PASS:
            expected = datagram(frame(self.request) + sent, **how)
            check(packet == expected, "a packet is changed and passed", packet, expected)
            return None
        version = how.get("version", 4)
        text = packet[14 + len(how.get("tag", b"")) + (20 if version == 4 else 40) + 8 + 8:]
        expected = datagram(frame(self.request) + text, **{**how, "to_server": False})
        check((verdict, packet) == (XDP_TX, expected), "the cache's reply", packet, expected)
        return text


def sizes(programs):
    """Whatever memcached sends as one datagram is held, with keys up to the longest."""
    for version in 4, 6:
        for key_length in 1, 17, 250:
            key = b"%d" % version + b"s" * (key_length - 1)
            room = TEXT_MAX - len(block(key, b"") + b"END\r\n") - 3
            for length in 0, 1, 100, 999, room - 1, room, room + 1, room + 2:
                value = bytes(i % 251 for i in range(length))
                text = block(key, value, 123) + b"END\r\n"
                programs.xdp.run(datagram(frame(0) + b"delete %s\r\n" % key))
                programs.fill(key, text, version=version)
                got = programs.hits(key, version=version)
                check(got == (text if len(text) <= TEXT_MAX else None), version, key_length, length, len(text), got)


def headers(programs):
    """Tags of VLANs are kept; what has options is left to memcached."""
    text = block(b"headers", b"value") + b"END\r\n"
    programs.fill(b"headers", text)
    check(programs.hits(b"headers", tag=b"\x81\x00\x00\x05") == text, "a packet with a VLAN tag")
    check(programs.hits(b"headers", options=b"\x01\x01\x01\x00") is None, "a packet with IP options")
    check(programs.hits(b"headers") == text, "the plain packet")


def leases(programs):
    """A reply fills the cache only if its GET was the last, and nothing was written since."""
    text = block(b"lease", b"value") + b"END\r\n"
    programs.answer(text)
    check(programs.hits(b"lease") is None, "a reply that nobody asked for is held")
    programs.ask(b"get lease\r\n")
    programs.xdp.run(datagram(frame(9) + b"set lease 0 0 1\r\nx\r\n"))
    programs.answer(text)
    check(programs.hits(b"lease") is None, "a reply is held although the key was written meanwhile")
    programs.ask(b"get lease\r\n")
    programs.xdp.run(datagram(frame(9) + b"get other\r\n", fragment=0x2000))
    programs.answer(text)
    check(programs.hits(b"lease") is None, "a reply is held although a fragment could have been a write")
    programs.fill(b"lease", text)
    check(programs.hits(b"lease") == text, "a reply is not held")


def malformed_replies(programs):
    good = block(b"reply", b"value")
    for text in (good + b"END", good + b"END\r\nmore", good[:-2] + b"END\r\n", good.replace(b" 5", b" 4") + b"END\r\n",
                 good.replace(b" 5", b" 99999999999") + b"END\r\n", good.replace(b" 5", b" 5 77") + b"END\r\n",
                 good.replace(b"reply", b"other") + b"END\r\n", good.replace(b"VALUE", b"VALUES") + b"END\r\n",
                 good.replace(b" 5", b" -5") + b"END\r\n", b"ERROR\r\n", b"", b"END\r\n"):
        programs.fill(b"reply", text)
        check(programs.hits(b"reply") is None, "a malformed reply is held", text)
    for text in good + b"END\r\n", good:
        programs.xdp.run(datagram(frame(0) + b"delete reply\r\n"))
        programs.fill(b"reply", text)
        check(programs.hits(b"reply") == good + b"END\r\n", "a good reply is not held", text)


def malformed_requests(programs):
    """They are memcached's."""
    text = block(b"request", b"value") + b"END\r\n"
    programs.fill(b"request", text)
    for payload in (b"get request\r\n", frame(1)[:7], frame(1) + b"get request", frame(1) + b"get request\n",
                    frame(1, 0, 2) + b"get request\r\n", frame(1, 1, 1) + b"get request\r\n", frame(1, 0, 0) + b"get request\r\n",
                    frame(1) + b"gets request\r\n", frame(1) + b"get request\r\nget request\r\n", frame(1) + b"get\r\n",
                    frame(1) + b"get " + b"r" * 251 + b"\r\n", frame(1) + b"get request\0\r\n", frame(1), b""):
        sent = datagram(payload)
        verdict, packet, _ = programs.xdp.run(sent)
        check((verdict, packet) == (XDP_PASS, sent), "a malformed request", payload, verdict, packet)
    check(programs.hits(b"request") == text, "a good request")


def damaged(programs):
    """Whatever bytes there are, no program panics, and none makes a packet up."""
    chance = random.Random(1)
    text = block(b"damaged", b"value") + b"END\r\n"
    for _ in range(MUTATIONS):
        version, to_server = chance.choice((4, 6)), chance.random() < 0.7
        words = chance.choice((b"get damaged\r\n", b"set damaged 0 0 1\r\nx\r\n", b"get damaged damaged\r\n")) if to_server else text
        packet = bytearray(datagram(frame(1) + words, version, to_server))
        for _ in range(chance.randint(1, 4)):
            packet[chance.randrange(12, len(packet))] = chance.choice((0, 1, 0x0d, 0x20, 0x45, 0x80, 0xff, chance.randrange(256)))
        program = programs.xdp if to_server else programs.tc
        cut = packet[:chance.randint(15 if to_server else 54, len(packet))] if chance.random() < 0.3 else packet
        program.run(bytes(cut), room=2048)
    for program in programs.xdp, programs.tc:
        fdinfo = read(f"/proc/self/fdinfo/{program.fd}")
        check("rex_panics:\t0\n" in fdinfo and "rex_faults:\t0\n" in fdinfo, fdinfo)


def run(rig):
    with rig.cache() as cache:
        programs = Programs(cache)
        for step in sizes, headers, leases, malformed_replies, malformed_requests, damaged:
            step(programs)
