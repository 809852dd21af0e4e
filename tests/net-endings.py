#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
What an XDP or tc program's end means for the packet: its verdict, an error, which passes the
packet on, and so do a panic, a program that runs too long, and an index that is not there.
"""
from lib.net import TC_ACT_SHOT, TC_ACT_UNSPEC, XDP_DROP, XDP_PASS, Program, udp_packet
from lib.rex import Loaded, check, extension

PACKET = udp_packet("10.0.0.1", "10.0.0.2")
OK, ERR, PANIC, LOOP, INDEX = range(5)
TIMES = 3

with Loaded(extension("net"), budget_ms=100) as loaded:
    wish = loaded.map("wish")
    for name, drop, on in (("xdp_ends", XDP_DROP, XDP_PASS), ("tc_ends", TC_ACT_SHOT, TC_ACT_UNSPEC)):
        program = Program(loaded.ids[name])
        for way, number, expected in ((OK, drop, drop), (ERR, drop, drop), (ERR, 2 ** 64 - 22, on), (PANIC, 0, on), (LOOP, 0, on),
                                      (INDEX, 0, on)):
            wish.set(0, way)
            wish.set(1, number)
            for _ in range(TIMES):
                verdict, packet, _ = program.run(PACKET)
                check((verdict, packet) == (expected, PACKET), f"{name}, way {way}, {number}: verdict {verdict}, expected {expected}")
        exits = loaded.exits(name)
        check(exits == {"panics": 2 * TIMES, "faults": 0, "timeouts": TIMES, "leaks": 0}, exits)
