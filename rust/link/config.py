# SPDX-License-Identifier: GPL-2.0
"""Where things are, and how the linker wrapper ends in an error."""
import os
import shlex
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
BUILD = os.path.join(TOP, "build", "rust")

# The kernel's stack for a program, in bytes: its own part, what a chain of
# checked functions may use below the limit, and what a panic may use below that.
PROGRAM_STACK = 16384
STACK_SLACK = 8192
PANIC_STACK = 8192


def fail(message):
    """The error ends the link; rustc shows it to the user."""
    sys.exit(f"rex-ld: error: {message}")


def toolchain():
    """What find-toolchain found, as a dict: RUSTC, LLD, LLVM_BIN, ..."""
    with open(f"{BUILD}/toolchain") as file:
        pairs = (line.rstrip("\n").split("=", 1) for line in file)
        return {key.removeprefix("REX_"): "".join(shlex.split(value)) for key, value in pairs}


def kernel_build():
    """Build folder of the kernel that the object is for."""
    return os.environ.get("REX_KERNEL_BUILD", os.path.join(TOP, "build", "kernel"))
