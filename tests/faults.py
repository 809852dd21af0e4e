#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
A CPU exception in a program's code ends the program: the kernel log says which, at
what address and in which function, it is counted and traced as a fault, and the
system call returns as usual. The same exceptions elsewhere are what they always were.
"""
import ctypes
import errno
import mmap
import os
import re
import signal

from lib.exits import Exits, check_all_cpus_run_programs, no_exits
from lib.rex import KernelLog, Loaded, check, dup, extension

FD = 99  # the extension faults for this descriptor only

page = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
page[0] = 1  # present
PAGE = ctypes.addressof(ctypes.c_char.from_buffer(page))

NON_CANONICAL = 0x8000_0000_0000_0000
NOT_MAPPED = 0xFFFF_FFFF_FFF0_0000  # the kernel leaves the end of the address space empty
ADDRESSES = {"the kernel's, not mapped": NOT_MAPPED, "null": 0, "near null": 0x10, "user space's, not mapped": 0x10000,
             "user space's, mapped": PAGE}

# Program, its message, the function named in it, what user space lets it access.
FAULTS = (
    ("ud2", "invalid instruction", "invalid_instruction", None),
    ("int3", "breakpoint", "breakpoint", None),
    ("divide", "divide error", "divide_by", None),
    ("read", "general protection fault", "read_from", NON_CANONICAL),
    ("write", "general protection fault", "write_to", NON_CANONICAL),
    *((program, f"page fault at address {address:#x}", function, address)
      for program, function in (("read", "read_from"), ("write", "write_to")) for address in ADDRESSES.values()),
    # Addresses of the object, wherever it is.
    ("write_constant", "page fault at address 0xffffffff[0-9a-f]{8}", "write_to", None),
    ("write_code", "page fault at address 0xffffffff[0-9a-f]{8}", "write_to", None),
)


def in_program(program, message, function, address):
    with Loaded(extension("fault"), program) as loaded, Exits() as exits, KernelLog() as log:
        loaded.map("address").set(0, address or 0)
        dup(FD)
        message += rf" in fault::{function}\+0x[0-9a-f]+/0x[0-9a-f]+"
        log.wait_for(rf"^rex: program 'fault/{program}' faulted: {message}.*\nrex: backtrace:\n"
                     rf"rex:   fault::{function}.*\n(?:rex:   .*\n)*rex:   .*{program}.*\n")
        end = exits.next()
        check((end.program, end.kind) == (f"fault/{program}", "fault"), end)
        check(re.match(message, end.reason), end)
        check(loaded.exits(program) == {**no_exits(), "faults": 1}, program, loaded.exits(program))
        dup(FD)
        check(loaded.exits(program)["faults"] == 2, f"{program} did not run again: {loaded.exits(program)}")


def in_helper(address, error):
    """What faults in a helper is the helper's to handle."""
    with Loaded(extension("fault"), "helper") as loaded:
        loaded.map("address").set(0, address)
        dup(FD)
        check(loaded.map("error").get(0) == error, f"reading {address:#x}: error {loaded.map('error').get(0)}")
        check(loaded.exits("helper") == no_exits(), loaded.exits("helper"))


def in_user_space(code, expected):
    """A process gets the signal it would get without Rex."""
    page[0:len(code)] = code
    pid = os.fork()
    if not pid:
        for number in (signal.SIGILL, signal.SIGTRAP, signal.SIGFPE, signal.SIGSEGV, signal.SIGBUS):
            signal.signal(number, signal.SIG_DFL)
        ctypes.CFUNCTYPE(None)(PAGE)()
        os._exit(0)
    status = os.waitpid(pid, 0)[1]
    check(os.WIFSIGNALED(status) and os.WTERMSIG(status) == expected, f"{code.hex()}: status {status}, expected {expected!r}")


os.dup2(0, FD)
for fault in FAULTS:
    in_program(*fault)
in_helper(NON_CANONICAL, errno.ERANGE)
in_helper(NOT_MAPPED, errno.EFAULT)

with Loaded(extension("fault"), "ud2") as bystander:
    in_user_space(b"\x0f\x0b", signal.SIGILL)
    in_user_space(b"\xcc", signal.SIGTRAP)
    in_user_space(b"\x31\xc9\xf7\xf1", signal.SIGFPE)  # xor %ecx, %ecx; div %ecx
    for wild in (NON_CANONICAL, NOT_MAPPED, 0):
        in_user_space(b"\x48\xb8" + wild.to_bytes(8, "little") + b"\x48\x8b\x00", signal.SIGSEGV)  # mov $wild, %rax; mov (%rax), %rax
    # In the kernel, where it reads user space.
    read_end, write_end = os.pipe()
    wrote = ctypes.CDLL(None, use_errno=True).write(write_end, ctypes.c_void_p(0x10), 8)
    check((wrote, ctypes.get_errno()) == (-1, errno.EFAULT), wrote, ctypes.get_errno())
    check(bystander.exits("ud2") == no_exits(), bystander.exits("ud2"))
check_all_cpus_run_programs()
