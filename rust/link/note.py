# SPDX-License-Identifier: GPL-2.0
"""Section .note.rex: what an object was built for. The kernel refuses another's."""
import os
import re
import struct

from config import TOP, fail
from elf import Elf

ABI_VERSION = 1
NAME, TYPE = b"Rex\0", 1


def crate_version():
    """Empty where there is no rex crate: an extension can do without."""
    manifest = os.path.join(TOP, "rex", "Cargo.toml")
    if not os.path.exists(manifest):
        return ""
    with open(manifest) as file:
        return re.search(r'^version\s*=\s*"([^"]+)"', file.read(), re.M)[1]


def build_note(kernel, depth, slack):
    release_file = f"{kernel}/include/config/kernel.release"
    layout_object = f"{kernel}/kernel/rex/layout.o"
    for path in (release_file, layout_object):
        if not os.path.exists(path):
            fail(f"no kernel to build for: {path} is missing: run 'make kernel' at the top, "
                 "or name the folder of a built one: REX_KERNEL_BUILD=folder")
    with open(release_file) as file:
        release = file.read().strip().encode()
    elf = Elf(layout_object)
    layout = elf.data(elf.section(".rodata.rex_layout"))
    desc = struct.pack("<IIII64s32s", ABI_VERSION, depth, slack, len(layout) // 4,
                       release[:63], crate_version().encode()[:31]) + layout
    return struct.pack("<III", len(NAME), len(desc), TYPE) + NAME + desc + b"\0" * (-len(desc) % 4)
