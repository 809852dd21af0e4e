#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
`make new` makes folders that build and run at once, for every type, here or elsewhere; what
it can't make it refuses, and says what to do.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, "../lib")
from rex import TOP, check

NEW, RUN = f"{TOP}/scripts/new", f"{TOP}/scripts/run-sample"
TYPES = ("kprobe", "uprobe", "tracepoint", "perf_event", "xdp", "tc")


def run(*command, cwd=TOP):
    """(exit code, output)."""
    done = subprocess.run(command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, errors="replace", check=False)
    return done.returncode, done.stdout


def succeed(*command, cwd=TOP):
    code, text = run(*command, cwd=cwd)
    check(code == 0, f"{' '.join(command)}: exit code {code}", text)
    return text


def make_all(shop):
    """A folder of each type, built."""
    for kind in TYPES:
        text = succeed(NEW, f"my_{kind}", kind, f"{shop}/my_{kind}")
        check(f"make run SAMPLE={shop}/my_{kind}\n" in text, "it does not say how to run it", text)
        built = succeed("make", "-C", f"{shop}/my_{kind}")
        check("warning" not in built, built)
        # What editors run: tests and all, with no crate `test` for the kernel.
        succeed("cargo", "metadata", "--format-version=1", "--offline", cwd=f"{shop}/my_{kind}")
    succeed("cargo", "check", "--workspace", "--all-targets", "--offline", cwd=f"{shop}/my_kprobe")


def all_run(shop):
    """In one boot: each prints its line."""
    script = "".join(f"echo RUN my_{kind}; {shop}/my_{kind}/run.sh || exit; " for kind in TYPES)
    text = succeed(f"{TOP}/tests/vm/run", "--", "sh", "-c", script)
    for kind in TYPES:
        own = text.partition(f"RUN my_{kind}\n")[2].partition("RUN ")[0]
        check(re.search(rf"bpf_trace_printk: my_{kind}: \S", own), f"{kind} prints nothing", text)


def elsewhere():
    """Outside of the repository cargo needs a configuration."""
    with tempfile.TemporaryDirectory() as shop:
        succeed(NEW, "far_away", "kprobe", f"{shop}/here")
        succeed("make", "-C", f"{shop}/here")
        check(os.path.exists(f"{shop}/here/target/x86_64-unknown-none/release/far_away"), "no object")
        check(os.access(f"{shop}/here/loader", os.X_OK), "no loader")


def refusals(shop):
    """Each says why and what to do, and makes nothing."""
    cases = (
        (("my_kprobe", "kprobe", f"{shop}/my_kprobe"), r"my_kprobe exists: choose another NAME or DIR, or remove it"),
        (("hello", "kprobe"), r"samples/hello exists: choose"),
        (("common", "kprobe"), r"'common' has a meaning in Rust or is a crate of Rex: choose another name"),
        (("fn", "kprobe"), r"'fn' has a meaning"),
        (("core", "kprobe"), r"'core' has a meaning"),
        (("Foo", "kprobe"), r"'Foo' is no name for an extension: a small letter, then"),
        (("1st", "kprobe"), r"'1st' is no name"),
        (("a-b", "kprobe"), r"'a-b' is no name"),
        (("../up", "kprobe"), r"'\.\./up' is no name"),
        (("a" * 33, "kprobe"), r"is no name"),
        (("foo", "xyz"), r"TYPE=xyz is no type of extension: choose one of kprobe, uprobe, tracepoint, perf_event, xdp, tc"),
        (("foo", "../kprobe"), r"is no type"),
        (("", "kprobe"), r"usage: make new NAME=name TYPE=kprobe\|"),
        (("foo", ""), r"usage: make new"),
        (("foo", "kprobe", "/proc/no/such"), r"cannot write /proc/no"),
    )
    before = sorted(os.listdir(f"{TOP}/samples"))
    for arguments, message in cases:
        code, text = run(NEW, *arguments)
        check(code == 1 and re.match(rf"new: .*{message}", text), arguments, code, text)
    code, text = run("make", "new", "NAME=foo")
    check(code and "new: usage: make new NAME=name TYPE=" in text, text)
    code, text = run(RUN, "no_such_sample")
    check(code == 1 and re.search("There is no .*/samples/no_such_sample/run.sh. Samples:\n", text) and "  hello\n" in text, text)
    check(sorted(os.listdir(f"{TOP}/samples")) == before, "a refusal left a folder behind")


def main():
    shop = f"{TOP}/build/tests/new"
    shutil.rmtree(shop, ignore_errors=True)
    make_all(shop)
    all_run(shop)
    elsewhere()
    refusals(shop)
    shutil.rmtree(shop)


main()
