#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Make rex::linux: Rust constants and structs from the kernel's headers for user space.

    generate.py HEADERS OUT HEADER...

HEADERS is what the kernel's headers_install made; OUT gets a file for each HEADER.
"""
import glob
import os
import subprocess
import sys

OPTIONS = [
    "--use-core", "--ctypes-prefix", "core::ffi", "--no-layout-tests", "--no-doc-comments",
    "--default-enum-style", "consts", "--no-prepend-enum-name", "--with-derive-default",
]


def bindgen(clang, headers, header, out):
    """Run bindgen with a libclang; the error text, or None if it went well."""
    source = f"{out}.h"
    with open(source, "w") as file:
        file.write(f"#include <{header}>\n")
    command = ["bindgen", *OPTIONS, source, "-o", out, "--", "-nostdinc", f"-I{headers}/include"]
    environment = {**os.environ, "LIBCLANG_PATH": clang} if clang else None
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
    except OSError as error:
        sys.exit(f"rex: bindgen: {error.strerror}: scripts/setup installs what is missing")
    os.unlink(source)
    return done.stderr if done.returncode else None


def find_clang(headers, out):
    """Older bindgens fail on the names that newer libclangs make: find one that does it."""
    errors = []
    for clang in [None, *sorted(glob.glob("/usr/lib/llvm-*/lib"), reverse=True)]:
        error = bindgen(clang, headers, "linux/bpf.h", f"{out}/probe.rs")
        if error is None:
            os.unlink(f"{out}/probe.rs")
            return clang
        errors.append(f"with {clang or 'the default libclang'}:\n{error}")
    sys.exit("rex: bindgen fails on <linux/bpf.h>, install a libclang that it works with:\n" + "\n".join(errors))


def main():
    headers, out, *names = sys.argv[1:]
    os.makedirs(out, exist_ok=True)
    clang = find_clang(headers, out)
    for name in names:
        file = f"{out}/{os.path.basename(name).removesuffix('.h')}.rs"
        error = bindgen(clang, headers, name, file)
        if error is not None:
            sys.exit(f"rex: bindgen fails on <{name}>:\n{error}")


if __name__ == "__main__":
    main()
