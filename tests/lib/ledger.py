# SPDX-License-Identifier: GPL-2.0
"""The extension ext/ledger: what its program `hold` shall take and how it shall end, and what is left of that."""
import contextlib
import mmap
import struct
import subprocess

from lib.exits import call, no_exits
from lib.rex import Loaded, Map, check, extension, wait_until

HOOK = "__x64_sys_getpriority"
SYS_GETPRIORITY = 140
CAPACITY = 128  # of a ledger
LOCKS = 256  # of the map `locks`
OUTER, ARMED = 8, 6  # in the map `wanted`

# Ways to end: number, kind that is counted.
RELEASE, FORGET, PANIC, LOOP, FAULT, OVERFLOW, HELPER = range(7)
COUNTED = {PANIC: "panics", LOOP: "timeouts", FAULT: "faults", OVERFLOW: "panics", HELPER: "timeouts"}
NAMES = {RELEASE: "release", FORGET: "forget", PANIC: "panic", LOOP: "kill", FAULT: "fault", OVERFLOW: "stack overflow",
         HELPER: "kill at a helper"}


class RingBuffer:
    """What user space sees of a ring buffer: BPF_RINGBUF_HDR_SZ, _BUSY_BIT and _DISCARD_BIT are the kernel's."""

    HEADER, BUSY, DISCARDED = 8, 1 << 31, 1 << 30

    def __init__(self, number, size):
        self._fd = Map(number)
        self._size = size
        self._consumer = mmap.mmap(self._fd.fd, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE)
        self._producer = mmap.mmap(self._fd.fd, mmap.PAGESIZE + 2 * size, prot=mmap.PROT_READ, offset=mmap.PAGESIZE)

    def take(self):
        """(records submitted, records discarded) since the last call; none may be unfinished."""
        at, = struct.unpack_from("<Q", self._consumer)
        end, = struct.unpack_from("<Q", self._producer)
        submitted = discarded = 0
        while at < end:
            header, = struct.unpack_from("<I", self._producer, mmap.PAGESIZE + at % self._size)
            check(not header & self.BUSY, f"a record at {at} of {end} is neither submitted nor discarded")
            discarded += bool(header & self.DISCARDED)
            submitted += not header & self.DISCARDED
            length = header & ~(self.BUSY | self.DISCARDED)
            at += (length + self.HEADER + 7) // 8 * 8
        check(at == end, f"the last record ends at {at}, not {end}")
        struct.pack_into("<Q", self._consumer, 0, at)
        return submitted, discarded

    def finished(self):
        """Whether each record is submitted or discarded."""
        at, = struct.unpack_from("<Q", self._consumer)
        end, = struct.unpack_from("<Q", self._producer)
        while at < end:
            header, = struct.unpack_from("<I", self._producer, mmap.PAGESIZE + at % self._size)
            if header & self.BUSY:
                return False
            at += ((header & ~self.DISCARDED) + self.HEADER + 7) // 8 * 8
        return True

    def skip(self):
        """Make room; the records may be unfinished."""
        struct.pack_into("<Q", self._consumer, 0, struct.unpack_from("<Q", self._producer)[0])

    def close(self):
        self._consumer.close()
        self._producer.close()


class Holder:
    """A program that holds things, attached, and a process whose task it takes references to.

    HOLD is one of the programs `hold` with its hook, OTHERS are programs beside it."""

    def __init__(self, hold=f"hold@{HOOK}", *others):
        self._stack = contextlib.ExitStack()
        self._program = hold.split("@")[0]
        self.loaded = self._stack.enter_context(Loaded(extension("ledger"), hold, *others, "task_freed"))
        self._wanted, self._got, self._locks = (self.loaded.map(name) for name in ("wanted", "got", "locks"))
        self.ring = RingBuffer(self.loaded.ids["records"], 1 << 16)
        self._stack.callback(self.ring.close)
        self._task = subprocess.Popen(["sleep", "infinity"])
        self._stack.callback(self._task.kill)
        self._before = no_exits()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._stack.close()
        self._task.wait()

    def want(self, locks, tasks, records, end, same_lock=False, outer=False):
        """What the program shall take and how it shall end; or, OUTER, the program `around`."""
        for what, value in enumerate((locks, tasks, records, self._task.pid, end, same_lock), OUTER if outer else 0):
            self._wanted.set(what, value)
        self._got.set(3, 0)

    def arm(self, count=1):
        """Let the program do it this often; before that it only passes."""
        self._wanted.set(ARMED, count)

    def left(self):
        """How often it still has to."""
        return self._wanted.get(ARMED)

    def got(self):
        """(locks, tasks, records) of the last run."""
        return tuple(self._got.get(what) for what in range(3))

    def lock_error(self):
        """The last error of a lock, a positive errno."""
        return self._got.get(3)

    def run(self, count=1):
        self.arm(count)
        call(SYS_GETPRIORITY, count)

    def counted(self, *, keep=False):
        """How the counters changed since the last call; KEEP: that did not keep them."""
        now = self.loaded.exits(self._program)
        changed = {kind: now[kind] - self._before[kind] for kind in now}
        if not keep:
            self._before = now
        return changed

    def check_no_lock_is_held(self):
        held = [index for index, word in enumerate(self._locks.first(LOCKS)) if word]
        check(not held, f"locks that are still taken: {held}")

    def check_nothing_held(self):
        """No lock is taken and interrupts were on whenever the program started."""
        self.check_no_lock_is_held()
        check(self._got.get(5) == 0, f"interrupts were off at {self._got.get(5)} starts")

    def check_task_is_freed(self):
        """All references to the task are gone: when the process ends the kernel frees it, once."""
        check(self._got.get(6) == 0, "the task was freed while its process lived")
        self._task.kill()
        self._task.wait()
        wait_until(lambda: self._got.get(6), "the task of a process that ended is freed: references to it are left")
        check(self._got.get(6) == 1, f"the task was freed {self._got.get(6)} times")
