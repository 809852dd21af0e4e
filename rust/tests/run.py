#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Tests of the compiler side: what objects contain, and what does not link.

    run.py [PATTERN...]

runs those whose function's name matches a PATTERN, or all. Each case is a small program
in cases/. A stand-in for the kernel's build folder says what the build note has to
contain, and host.c runs objects in user space.
"""
import fnmatch
import sys
import tempfile

sys.dont_write_bytecode = True

from workshop import Failed, Workshop, tests  # noqa: E402
# Their tests enter themselves into the list.
import objects  # noqa: E402, F401
import refusals  # noqa: E402, F401
import crates  # noqa: E402, F401


def main(patterns):
    failed = 0
    chosen = [t for t in tests if not patterns or any(fnmatch.fnmatch(t.__name__, p) for p in patterns)]
    with tempfile.TemporaryDirectory(prefix="rex-rust-test-") as folder:
        shop = Workshop(folder)
        for number, function in enumerate(chosen, 1):
            name = function.__name__.replace("_", " ")
            try:
                function(shop)
                print(f"ok {number} {name}", flush=True)
            except Failed as reason:
                failed += 1
                print(f"not ok {number} {name}\n# " + str(reason).replace("\n", "\n# "), flush=True)
    print(f"{len(chosen) - failed} passed, {failed} failed")
    return failed > 0


sys.exit(main(sys.argv[1:]))
