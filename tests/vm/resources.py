# SPDX-License-Identifier: GPL-2.0
"""What a test may leave behind in the kernel, counted."""
import ctypes
import os
import time

SYS_BPF = 321
BPF_COMMANDS = {"BPF programs": 11, "BPF maps": 12, "BPF links": 31}  # *_GET_NEXT_ID
SETTLE = 5.0  # seconds that deferred freeing (RCU, workqueues) gets

# Files with one object a line; the name is what a user reads in a report.
LISTS = {
    "kprobes": "/sys/kernel/debug/kprobes/list",
    "kprobe events": "/sys/kernel/tracing/kprobe_events",
    "uprobe events": "/sys/kernel/tracing/uprobe_events",
}
FOLDERS = {"network devices": "/sys/class/net", "pinned BPF objects": "/sys/fs/bpf",
           "network namespaces": "/run/netns", "control groups": "/sys/fs/cgroup"}

_libc = ctypes.CDLL(None, use_errno=True)


def _bpf_ids(command):
    """How many ids a BPF_*_GET_NEXT_ID command lists."""
    count, attr = 0, (ctypes.c_uint32 * 3)()
    while _libc.syscall(SYS_BPF, command, ctypes.byref(attr), ctypes.sizeof(attr)) == 0:
        attr[0] = attr[1]
        attr[1] = 0
        count += 1
    return count


def _lines(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return len(file.readlines())
    except OSError:
        return 0


def _entries(path):
    return len(os.listdir(path)) if os.path.isdir(path) else 0


def _vmalloc_areas():
    """Images of Rex objects, and BPF programs, in the kernel's address space: functions that allocated them.

    Not the packs of native code: the first XDP program makes the kernel keep one."""
    with open("/proc/vmallocinfo", encoding="utf-8") as file:
        return sum(" rex_" in line or " bpf_prog_alloc" in line for line in file)


def counts():
    found = {name: _bpf_ids(command) for name, command in BPF_COMMANDS.items()}
    found.update((name, _lines(path)) for name, path in LISTS.items())
    found.update((name, _entries(path)) for name, path in FOLDERS.items())
    found["memory areas of Rex and BPF"] = _vmalloc_areas()
    return found


def left_behind(before):
    """["BPF maps: 2 before, 3 after"]: what is still more than before once things have settled."""
    deadline = time.monotonic() + SETTLE
    while True:
        after = counts()
        more = [f"{name}: {before[name]} before, {after[name]} after" for name in before if after[name] > before[name]]
        if not more or time.monotonic() > deadline:
            return more
        time.sleep(0.05)


def processes():
    """{pid: command line} of user processes."""
    found = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", encoding="utf-8", errors="replace") as file:
                line = file.read().replace("\0", " ").strip()
        except OSError:
            continue
        if line:
            found[int(pid)] = line
    return found
