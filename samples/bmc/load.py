# SPDX-License-Identifier: GPL-2.0
"""Seeded requests, and the comparison of two memcacheds that get them."""
import random
import time

from lib.rex import check

HUGE = 4000  # bytes of a value that no datagram and no TCP segment holds


class Both:
    """Sends each request to both clients, and compares what they get."""

    def __init__(self, cached, plain):
        self._clients = cached, plain

    def __getattr__(self, name):
        def do(*arguments):
            cached, plain = (getattr(client, name)(*arguments) for client in self._clients)
            check(cached == plain, f"{name} {arguments}: with the cache", cached, "without", plain)
            return cached
        return do


class Load:
    """Requests to `client`, the same for the same seed."""

    KEY_LENGTHS = 1, 2, 8, 20, 100, 249, 250
    VALUE_LENGTHS = 0, 1, 5, 30, 120, 500, 1000, 1120, 1130, 1300, 1370, 1500

    def __init__(self, client, seed):
        self.client, self.random = client, random.Random(seed)
        self.keys = [b"%d" % i + b"k" * (self.random.choice(self.KEY_LENGTHS) - len(b"%d" % i)) for i in range(60)]

    def key(self):
        """A few keys are asked for often."""
        return self.keys[min(int(self.random.expovariate(0.1)), len(self.keys) - 1)]

    def value(self):
        """Bytes, in some of which a careless reader sees commands."""
        if self.random.random() < 0.1:
            return (self.random.choice((b"set ", b"\r\n", b"END\r\n", b"x")) * HUGE)[:HUGE]
        return (self.random.randbytes(8) * HUGE)[:self.random.choice(self.VALUE_LENGTHS)]

    def get(self):
        self.client.get(self.key())

    def get_several(self):
        self.client.get(*(self.key() for _ in range(self.random.randint(2, 12))))

    def get_over_tcp(self):
        self.client.get_tcp(self.key())

    def store(self):
        command = self.random.choice((b"set", b"set", b"set", b"add", b"replace", b"append", b"prepend"))
        self.client.store(command, self.key(), self.value(), self.random.choice((0, 7, 2**32 - 1)),
                          self.random.choice((0, 0, 0, 0, 3000)))

    def number(self):
        self.client.set(self.key(), b"%d" % self.random.randrange(1000))

    def change(self):
        self.client.command(self.random.choice((b"delete %s\r\n", b"incr %s 1\r\n", b"  decr  %s 2\r\n", b"touch %s 2000\r\n",
                                                b"touch %s 0\n", b"md %s\r\n")) % self.key())

    def store_over_udp(self):
        self.client.ask(b"set %s 0 0 3\r\nudp\r\n" % self.key())

    def pipeline(self):
        """Many at once, some without an answer. The last is answered when all are done."""
        text = b"".join(b"set %s 0 0 1%s\r\n%d\r\n" % (self.key(), self.random.choice((b"", b" noreply")),
                                                       self.random.randrange(10)) for _ in range(self.random.randint(2, 20)))
        self.client.exchange([text, b"mn\r\n"], b"MN\r\n")

    def split(self):
        """A command in pieces, each a segment."""
        text, pieces = b"set %s 0 0 6\r\nsplit!\r\n" % self.key(), []
        while text:
            length = self.random.randint(1, 40)
            pieces.append(text[:length])
            text = text[length:]
        self.client.exchange(pieces, b"\r\n")

    def flush(self):
        self.client.command(b"flush_all\r\n")

    def unusual(self):
        """Messages over UDP that are wrong, or written in another way."""
        key = self.key()
        self.client.ask(self.random.choice((
            b"get %s\n" % key, b"get  %s \r\n" % key, b"get\r\n", b"get \r\n", b"GET %s\r\n" % key, b"nothing\r\n",
            b"get %s\r\n" % (key * 251)[:251], b"delete %s\r\n" % key, b"get %s\r\n" % b" ".join([key] * 40))))

    def run_for(self, seconds, at_least):
        """Gives the number of requests, which is `at_least` that, however slow the machine."""
        end, count = time.monotonic() + seconds, 0
        while count < at_least or time.monotonic() < end:
            self.run(50)
            count += 50
        return count

    def run(self, count):
        weights = {self.get: 120, self.get_several: 20, self.get_over_tcp: 5, self.store: 25, self.number: 8, self.change: 8,
                   self.store_over_udp: 4, self.pipeline: 2, self.split: 4, self.unusual: 8, self.flush: 1}
        for action in self.random.choices(list(weights), list(weights.values()), k=count):
            action()
