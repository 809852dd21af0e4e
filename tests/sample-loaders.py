#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
Loaders of samples say in words what went wrong, and end in order: nothing of theirs stays
attached after Ctrl-C, a kill, or a failure half-way.
"""
import json
import os
import shutil
import signal
import subprocess
import tempfile

from lib.rex import TOP, Command, check, output_of, sample, skip, wait_until

OBJECT = "target/x86_64-unknown-none/release"
HOOK = b"kprobe/write_null\0"  # of mp4
NOBODY = 65534

# Loaders that go on until they are told to end, and what they print when all is attached.
ENDLESS = {
    "hello": (("./loader",), "^loader: attached"),
    "map_test": (("./loader",), "^loader: attached"),
    "map_test_2": (("./loader",), "^loader: attached"),
    "spinlock_test": (("./loader",), "^loader: attached"),
    "syscount": (("./syscount",), "^syscount: counting"),
    "tracex5": (("./tracex5", "sleep", "1000"), "mmap"),
    "trace_event": (("./trace_event_user", "-e", "clock", "sleep", "1000"), "^trace_event_user: samples"),
}


def attached():
    """What of BPF there is in this machine: links and programs."""
    return json.loads(output_of("bpftool", "--json", "link", "show")), json.loads(output_of("bpftool", "--json", "prog", "show"))


def end_detaches(name, how):
    command, ready = ENDLESS[name]
    with Command(*command, cwd=f"{TOP}/samples/{name}") as loader:
        loader.wait_for(ready)
        check(all(attached()), f"{name}: nothing is attached to begin with")
        code = loader.end(how)
        # tracex5 has the exit code of its command, which it has ended.
        expected = -how if how == signal.SIGKILL else 128 + signal.SIGTERM if name == "tracex5" else 0
        check(code == expected, name, how, code, loader.text())
        # What a closed file held is freed a little later.
        wait_until(lambda: attached() == ([], []), f"all of {name} is detached after {how.name}")


def one_reader_of_the_trace():
    """A second loader says why it can't follow the trace, and takes its program along."""
    with Command("./loader", cwd=f"{TOP}/samples/hello") as first:
        first.wait_for(ENDLESS["hello"][1])
        with Command("./loader", cwd=f"{TOP}/samples/map_test") as second:
            second.wait_for("^loader: cannot open .*/trace_pipe: Device or resource busy: end what reads it, another loader perhaps\n")
            check(second.end() == 1, second.text())
        check(first.end(signal.SIGINT) == 0, first.text())


def run_mp4(folder, **how):
    """(exit code, messages) of mp4's loader, in a folder that has its object."""
    done = subprocess.run([f"{TOP}/samples/mp4/loader", "1"], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, check=False, **how)
    check(not done.stdout, "it works?", done.stdout)
    check(attached() == ([], []), "something stays attached")
    return done.returncode, done.stderr


def with_another_hook(folder, hook):
    """mp4's object, on another function."""
    with open(sample("mp4"), "rb") as file:
        image = file.read()
    check(image.count(HOOK) == 1, "mp4's hook is not where it was")
    os.makedirs(f"{folder}/{OBJECT}", exist_ok=True)
    with open(f"{folder}/{OBJECT}/mp4", "wb") as file:
        file.write(image.replace(HOOK, hook.encode().ljust(len(HOOK), b"\0")))


def what_can_not_be():
    with tempfile.TemporaryDirectory() as folder:
        code, text = run_mp4(folder)
        check(code == 1 and f"rex: object 'mp4': file './{OBJECT}/mp4': No such file or directory: check the path" in text, code, text)

        with_another_hook(folder, "kprobe/no_such_fn")
        code, text = run_mp4(folder)
        check(code == 1 and "loader: cannot attach mp4 to kprobe/no_such_fn: No such file or directory: "
              "this kernel has no such function or tracepoint\n" in text, code, text)

        # The kernel keeps probes off its own handler of them.
        with_another_hook(folder, "kprobe/do_int3")
        code, text = run_mp4(folder)
        check(code == 1 and "loader: cannot attach mp4 to kprobe/do_int3: Invalid argument: that function can't be probed\n" in text,
              code, text)

        shutil.copy(sample("mp4"), f"{folder}/{OBJECT}/mp4")
        os.chmod(folder, 0o755)
        code, text = run_mp4(folder, user=NOBODY, group=NOBODY)
        check(code == 1 and "Operation not permitted" in text, code, text)


if not shutil.which("bpftool"):
    skip("bpftool is not installed")
for name in ENDLESS:
    end_detaches(name, signal.SIGINT)
end_detaches("hello", signal.SIGTERM)
end_detaches("hello", signal.SIGKILL)
one_reader_of_the_trace()
what_can_not_be()
