# SPDX-License-Identifier: GPL-2.0
"""No code gets in that the Rex pass has not seen."""
import re

from config import BUILD, fail

# A line of lld's map for an input section with code: two addresses, size, alignment, "file:(.text.name)".
CODE = re.compile(r"(?:\s*[0-9a-f]+){2}\s+(?!0 )[0-9a-f]+\s+\d+\s{9}(\S.*):\((\.text[^)]*)\)$")


def check(link_map, output):
    """All is from the one module that LTO made, but for what the compiler calls behind one's back."""
    ours = (f"{output}.lto.o", f"{BUILD}/sysroot/lib/rustlib/x86_64-unknown-none/lib/libcompiler_builtins.rlib(")
    with open(link_map) as file:
        for line in file:
            if (match := CODE.match(line)) and not match[1].startswith(ours):
                fail(f"{match[1]} brings machine code ({match[2]}) that the Rex pass can't check: "
                     "an extension is made of Rust crates only, compiled by rust/rexc")
