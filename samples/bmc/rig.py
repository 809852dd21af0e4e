# SPDX-License-Identifier: GPL-2.0
"""memcached with the cache in front of it in one namespace, its clients in another."""
import contextlib
import json
import signal
import socket

from lib.net import Namespace, Program
from lib.rex import Command, check, output_of, read, wait_until
from lib.wire import join

from memcached import Client, Memcached

PORT = 11211
STATS = "/tmp/bmc-test-stats"


class Rig:
    """Two namespaces, joined; memcached in the second."""

    def __init__(self, near, far):
        self.near, self.far = near, far
        self.here, self.there = join(near, far)

    @classmethod
    @contextlib.contextmanager
    def made(cls, threads=2):
        with Namespace("near") as near, Namespace("far") as far:
            rig = cls(near, far)
            with rig.here.takes_xdp_tx(), Memcached(far, [rig.there.ipv4, f"[{rig.there.ipv6}]"], PORT, threads):
                yield rig

    def client(self, family=socket.AF_INET):
        return Client(self.near, family, self.there.address(family), PORT)

    @contextlib.contextmanager
    def cache(self, *options, entry="./entry"):
        with self.far.entered():
            command = Command(entry, *options, "-s", STATS, self.there.name)
        with command:
            command.wait_for("^entry: attached")
            yield Cache(command)
            check(command.end(signal.SIGINT) == 0, "Ctrl-C does not end the cache in order", command.text())


class Cache:
    """The running cache."""

    def __init__(self, command):
        self.command = command

    def stats(self):
        """{counter: value}, as the file has them."""
        with open(STATS, "w", encoding="utf-8"):
            pass
        self.command.process.send_signal(signal.SIGUSR1)
        # The last line is written last.
        text = wait_until(lambda: (text := read(STATS)).count("\n") == 7 and text, "the file of SIGUSR1")
        return {name: int(value) for name, value in map(str.split, text.splitlines())}

    def program(self, name):
        found = [prog["id"] for prog in json.loads(output_of("bpftool", "-j", "prog", "show")) if prog.get("name") == name]
        check(len(found) == 1, f"programs called {name}", found)
        return Program(found[0])
