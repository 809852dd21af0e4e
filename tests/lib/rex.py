# SPDX-License-Identifier: GPL-2.0
"""What tests in the virtual machine do with extensions, the kernel log and the trace."""
import contextlib
import ctypes
import os
import re
import struct
import subprocess
import sys
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
REXLOAD = f"{TOP}/build/tests/rexload"
TRACING = "/sys/kernel/tracing"
SKIPPED = 77
SYS_BPF = 321
DEADLINE = 20.0  # seconds; far more than anything here takes, also under emulation

_libc = ctypes.CDLL(None, use_errno=True)


def sample(name):
    """Path of a sample's object."""
    return f"{TOP}/samples/{name}/target/x86_64-unknown-none/release/{name}"


def extension(name):
    """Path of the object of a test's own extension, tests/ext/NAME."""
    return f"{TOP}/tests/ext/{name}/target/x86_64-unknown-none/release/{name}"


def skip(reason):
    print(reason)
    sys.exit(SKIPPED)


def check(condition, *shown):
    """Like assert, but kept under python -O, and it shows what it was about."""
    if condition:
        return
    raise AssertionError("\n".join(str(what) for what in shown))


def wait_until(condition, what, seconds=DEADLINE):
    """The first true value that condition() gives; polls, and fails at the deadline."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise TimeoutError(f"after {seconds:.0f} s still not: {what}")
        time.sleep(0.01)


def dup(fd):
    """dup(2) as such: Python's own takes fcntl(2)."""
    new = _libc.dup(fd)
    if new < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    os.close(new)


def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def output_of(*command):
    """What a command prints, which has to succeed."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=3 * DEADLINE, check=False)
    check(done.returncode == 0, f"{' '.join(command)}: exit code {done.returncode}", done.stdout)
    return done.stdout


class Loaded:
    """An object, loaded and attached by tests/tools/rexload in a process of its own."""

    def __init__(self, path, *programs, budget_ms=None):
        options = ["-b", str(budget_ms)] if budget_ms else []
        self.process = subprocess.Popen([REXLOAD, *options, path, *programs], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=sys.stderr, text=True)
        self.ids = {}
        self._fds = {}
        for line in self.process.stdout:
            if line == "attached\n":
                return
            _, name, _, fd, _, number = line.split()
            self._fds[name] = int(fd)
            self.ids[name] = int(number)
        raise AssertionError(f"rexload {path}: exit code {self.process.wait()}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Let the loader end, which detaches and frees."""
        self.process.stdin.close()
        self.process.stdout.close()
        check(self.process.wait(DEADLINE) == 0, "rexload failed at its end")

    def fdinfo(self, name):
        """{field: text} of a program or map."""
        lines = read(f"/proc/{self.process.pid}/fdinfo/{self._fds[name]}").splitlines()
        return {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}

    def panics(self, program):
        return int(self.fdinfo(program)["rex_panics"])

    def exits(self, program):
        """How often a program ended in which way, and how many things it forgot: {"panics": 0, ...}."""
        fdinfo = self.fdinfo(program)
        return {kind: int(fdinfo[f"rex_{kind}"]) for kind in ("panics", "faults", "timeouts", "leaks")}

    def map(self, name):
        return Map(self.ids[name])


def bpf(command, layout, *fields):
    """bpf(2); the fields of its attribute are in the layout of struct.pack()."""
    attr = struct.pack("<" + layout, *fields)
    result = _libc.syscall(SYS_BPF, command, attr, len(attr))
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


class Map:
    """A map with keys and values of whole numbers, by its id."""

    _GET_FD_BY_ID, _LOOKUP, _UPDATE, _LOOKUP_BATCH = 14, 1, 2, 24

    def __init__(self, number):
        self.fd = bpf(self._GET_FD_BY_ID, "III", number, 0, 0)

    def __del__(self):
        os.close(self.fd)

    def get(self, key):
        key, value = ctypes.c_uint32(key), ctypes.c_uint64(0)
        bpf(self._LOOKUP, "QQQQ", self.fd, ctypes.addressof(key), ctypes.addressof(value), 0)
        return value.value

    def first(self, count):
        """The values of the first keys of an array, in one call."""
        keys, values, next_key = (ctypes.c_uint32 * count)(), (ctypes.c_uint64 * count)(), ctypes.c_uint32()
        bpf(self._LOOKUP_BATCH, "QQQQIIQQ", 0, ctypes.addressof(next_key), ctypes.addressof(keys), ctypes.addressof(values), count,
            self.fd, 0, 0)
        return list(values)

    def set(self, key, value):
        key, value = ctypes.c_uint32(key), ctypes.c_uint64(value)
        bpf(self._UPDATE, "QQQQ", self.fd, ctypes.addressof(key), ctypes.addressof(value), 0)


class KernelLog:
    """What the kernel logs from now on."""

    def __init__(self):
        self._file = os.open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK)
        os.lseek(self._file, 0, os.SEEK_END)
        self._text = ""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self._file)

    def text(self):
        with contextlib.suppress(BlockingIOError):
            while True:
                record = os.read(self._file, 8192).decode(errors="replace")
                self._text += record.split(";", 1)[1].split("\n", 1)[0] + "\n"
        return self._text

    def wait_for(self, pattern):
        """The match of a regular expression in what was logged; waits for it."""
        try:
            return wait_until(lambda: re.search(pattern, self.text(), re.M), f"/{pattern}/ in the kernel log")
        except TimeoutError as error:
            raise AssertionError(f"{error}, which is:\n{self._text}") from None


def trace():
    """The trace so far, which stays."""
    return read(f"{TRACING}/trace")


def clear_trace():
    write(f"{TRACING}/trace", "")


class Command:
    """A sample's program in the background, its output gathered."""

    def __init__(self, *command, cwd=None):
        # Unbuffered: each line is seen when it is written.
        self.process = subprocess.Popen(command, cwd=cwd, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT)
        os.set_blocking(self.process.stdout.fileno(), False)
        self._text = ""
        self._at_end = False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def text(self):
        output = self.process.stdout.read()
        self._at_end = output == b""
        self._text += (output or b"").decode(errors="replace")
        return self._text

    def at_end(self):
        """Whether nobody can write to its output any more, its children included."""
        self.text()
        return self._at_end

    def wait_for(self, pattern):
        """The match of a regular expression in its output; waits for it."""
        try:
            return wait_until(lambda: re.search(pattern, self.text(), re.M), f"/{pattern}/ in the output of {self.process.args}")
        except TimeoutError as error:
            raise AssertionError(f"{error}, which is:\n{self._text}") from None

    def end(self, signal=None):
        """Its exit code, after a signal or by itself."""
        if signal is not None:
            self.process.send_signal(signal)
        return self.process.wait(DEADLINE)
