#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The fields of network contexts say what was given to BPF_PROG_TEST_RUN, or what the interface is; what is set, is so."""
import errno
import struct

from lib.net import BUDGET_MS, TC_ACT_OK, XDP_PASS, Program, udp_packet
from lib.rex import Loaded, check, extension

SK_BUFF = struct.Struct("<48I")  # struct __sk_buff
MARK, PRIORITY, INGRESS, IFINDEX, CB = 2, 8, 9, 10, 12
LO = 1
PACKET = udp_packet("10.0.0.1", "10.0.0.2")


def word(data):
    return int.from_bytes(data[:8], "big")


def compare(answers, expected):
    for index, (what, right) in enumerate(expected):
        got = answers.get(index)
        check(right is None or got == right, f"{what}: {got:#x}, expected {right:#x}" if right is not None else "")


def xdp(program, answers):
    verdict, packet, _ = program.run(PACKET)
    check((verdict, packet) == (XDP_PASS, PACKET), verdict, packet)
    length = len(PACKET)
    compare(answers, (("run", 1), ("data_length", length), ("xdp_get_buff_len", length), ("data_meta", 0),
                      ("ingress_ifindex", LO), ("rx_queue_index", 0), ("egress_ifindex", 0), ("ethertype", 0x800),
                      ("data_slice", word(PACKET))))
    # Metadata in front: data is where it ends.
    context = struct.pack("<6I", 8, 8 + length, 0, 0, 0, 0)
    program.run(b"metadata" + PACKET, context)
    compare(answers, (("run", 1), ("data_length", length), ("xdp_get_buff_len", length), ("data_meta", word(b"metadata"))))


def frags(program, answers, wish):
    """A packet in several buffers: the first is in the slice, all of it can be copied."""
    wish.set(0, 1)
    whole = PACKET + bytes(range(256)) * 32
    verdict, packet, _ = program.run(whole, room=len(whole))
    check(verdict == XDP_PASS, verdict)
    compare(answers, (("length", len(whole)), ("data_slice", None), ("the last bytes", word(whole[-8:])),
                      ("past the end", -errno.EINVAL % 2 ** 64), ("store", 0)))
    check(14 <= answers.get(1) < len(whole), f"data_slice has {answers.get(1)} bytes")
    check(packet == whole[:-2] + b"ok", "the packet is another")
    wish.set(0, 0)


def tc(program, answers, wish):
    given = [0] * 48
    given[MARK], given[PRIORITY], given[INGRESS], given[IFINDEX] = 77, 3, LO, LO
    given[CB:CB + 5] = 10, 11, 12, 13, 14
    context = SK_BUFF.pack(*given)
    length = len(PACKET)
    expected = (("run", 1), ("data_slice.len()", length), ("len", length), ("data_len", 0), ("protocol", 0x800),
                ("priority", 3), ("ingress_ifindex", LO), ("ifindex", LO), ("hash", 1), ("mark", 77),
                ("pkt_type", 3), ("queue_mapping", 0), ("vlan_present", 0), ("vlan_tci", 0), ("vlan_proto", 0),
                ("cb[4]", 14), ("tc_classid", 0), ("tc_index", 0), ("napi_id", 0), ("data_meta", 0), ("sk's family", None),
                ("sk's port", 0), ("data_slice", word(PACKET)))
    verdict, packet, after = program.run(PACKET, context)
    check((verdict, packet) == (TC_ACT_OK, PACKET), verdict, packet)
    compare(answers, expected)
    check(list(SK_BUFF.unpack(after))[CB:CB + 5] == [10, 11, 12, 13, 14], "cb changed by itself")

    wish.set(0, 99)
    after = SK_BUFF.unpack(program.run(PACKET, context)[2])
    check((after[MARK], after[PRIORITY], after[CB:CB + 5]) == (99, 5, (1, 2, 3, 4, 5)), after)


with Loaded(extension("net"), budget_ms=BUDGET_MS) as loaded:
    maps = loaded.map("answers"), loaded.map("wish")
    xdp(Program(loaded.ids["xdp_fields"]), maps[0])
    frags(Program(loaded.ids["xdp_frags"]), *maps)
    tc(Program(loaded.ids["tc_fields"]), *maps)
    for name in ("xdp_fields", "xdp_frags", "tc_fields"):
        check(loaded.panics(name) == 0, f"{name} panicked")
