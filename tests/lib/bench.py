# SPDX-License-Identifier: GPL-2.0
"""What tests of the benchmarks have in common. How long things take is not tested: that depends on the machine."""
import os
import re
import signal
import subprocess

from rex import TRACING, Command, check, read, wait_until

PROBED = "__x64_sys_sched_get_priority_max"


def loader(*arguments):
    """(exit code, output) of ./loader."""
    done = subprocess.run(["./loader", *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    return done.returncode, done.stdout


def quick_rows():
    """({row: whether Rex and eBPF have a number in it}, the output) of a quick run."""
    code, text = loader("-q", "-t")
    check(code == 0, f"./loader -q -t: exit code {code}", text)
    check(text.startswith(("# ns\n", "# instructions\n")), "the unit comes first", text)
    table = re.findall(r"^([^\t\n]+)\t(\S+)\t(\S+)\t\S+\t\S+$", text, re.M)
    return {title: tuple(bool(re.fullmatch(r"-?\d+(\.\d)?", cell)) for cell in cells) for title, *cells in table}, text


def check_for_users():
    """What the user of a benchmark sees beside its numbers: a head, both sides, wrong options, and Ctrl-C."""
    code, text = loader("-q")
    check(code == 0 and re.search(r"^ +Rex +eBPF +Rex/eBPF", text, re.M), code, text)
    for arguments in (("-x",), ("more",), ("-q", "more")):
        code, text = loader(*arguments)
        check(code == 2 and "Usage: ./loader [-q] [-t]" in text, arguments, code, text)

    with Command("./loader", "-q") as running:
        wait_until(lambda: PROBED in read(f"{TRACING}/kprobe_events"), "the loader has made its kprobe")
        check(running.end(signal.SIGINT) == 1, "Ctrl-C is no success, and ends it in order", running.text())
    check(PROBED not in read(f"{TRACING}/kprobe_events"), "the kprobe stays after Ctrl-C")


def check_without_objects():
    """A folder without what cargo and clang make: the loader says what is missing."""
    here = os.getcwd()
    done = subprocess.run([f"{here}/loader"], cwd="/tmp", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    check(done.returncode == 1 and "No such file or directory" in done.stdout, done.returncode, done.stdout)
