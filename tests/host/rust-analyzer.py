#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""rust-analyzer, with its stock settings, finds no error in a sample: it sees the crate, the bindings and the attributes."""
import os
import shutil
import subprocess
import sys

sys.path.insert(0, "../lib")
from rex import TOP, check, skip


def tool():
    """Its path: itself, and not the one of rustup that stands for all toolchains."""
    found = [shutil.which("rust-analyzer")]
    if shutil.which("rustup"):
        done = subprocess.run(["rustup", "which", "rust-analyzer"], capture_output=True, text=True, check=False)
        found.insert(0, done.stdout.strip() if done.returncode == 0 else None)
    for path in filter(None, found):
        if subprocess.run([path, "--version"], capture_output=True, check=False).returncode == 0:
            return path
    return skip("rust-analyzer is not installed")


def toolchain_folder():
    """Where the build's own rustc is: rust-analyzer expands attributes with that of the first rustc in the path."""
    done = subprocess.run(["sh", "-c", f'. "{TOP}/build/rust/toolchain" && dirname "$REX_RUSTC"'], capture_output=True,
                          text=True, check=True)
    return done.stdout.strip()


path = tool()
done = subprocess.run([path, "diagnostics", "."], cwd=f"{TOP}/samples/mp4", stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                      text=True, errors="replace", check=False,
                      env={**os.environ, "PATH": f"{toolchain_folder()}:{os.environ['PATH']}"})
errors = [line for line in done.stdout.replace("\r", "\n").splitlines() if ": Error " in line]
check(done.returncode == 0 and not errors and "diagnostic scan complete" in done.stdout, *errors or [done.stdout])
