#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A test that is killed leaves no namespaces: an interface in one of them takes its peer along, and the program there."""
import os
import signal
import socket
import time

from lib.net import Namespace, Program, ip
from lib.rex import Loaded, check, extension, wait_until


def exists(name):
    return name in (found for _, found in socket.if_nameindex())


def make_and_wait(ready):
    """A namespace with a program in it, and one end of a wire."""
    with Loaded(extension("net")) as loaded, Namespace("inner") as inner:
        ip(f"link add killed0 type veth peer name killed1 netns {inner.path}")
        with inner.entered(), Program(loaded.ids["xdp_fields"]).link(inner.ifindex("killed1"), Program.XDP):
            os.write(ready, b"!")
            time.sleep(1000)


read_end, write_end = os.pipe()
child = os.fork()
if not child:
    try:
        make_and_wait(write_end)
    finally:
        os._exit(1)
os.close(write_end)
check(os.read(read_end, 1) == b"!" and exists("killed0"), "no wire")
os.kill(child, signal.SIGKILL)
os.waitpid(child, 0)
wait_until(lambda: not exists("killed0"), "the namespace ends")
