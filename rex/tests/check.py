#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Checks of the crate: format, lints, documentation, tests on the host, and what must not compile.

    check.py [NAME...]

runs those whose names contain one of NAMEs, or all. What must not compile is in
must-fail/: files of small programs, each under a line

    //# name: text that the error must have
"""
import glob
import json
import os
import re
import subprocess
import sys

REX = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TOP = os.path.dirname(REX)
sys.path.insert(0, f"{TOP}/rust/link")
sys.dont_write_bytecode = True

import config  # noqa: E402

RUSTC = config.toolchain()["RUSTC"]
TOOLS = os.path.dirname(RUSTC)
HOST = "x86_64-unknown-linux-gnu"
KERNEL = "x86_64-unknown-none"
PRELUDE = """#![no_std]
#![forbid(unsafe_code)]
#![allow(unused)]
use rex::kprobe::kprobe; use rex::map::*; use rex::pt_regs::PtRegs; use rex::spinlock::*;
use rex::task_struct::{OwnedTaskStruct, TaskStruct}; use rex::tracepoint::*;
use rex::{Result, rex_kprobe, rex_map, rex_tracepoint};
#[derive(Clone, Copy)] #[repr(C)] struct Locked { lock: bpf_spin_lock, count: u32 }
"""

checks = []


class Failed(Exception):
    pass


class Skipped(Exception):
    pass


def check(function):
    checks.append((function.__name__.replace("_", " "), function))
    return function


def run(*command, stdin=None, **variables):
    """What a command prints, on both streams; Failed if it fails."""
    environment = {**os.environ, "RUSTC_BOOTSTRAP": "1", "CARGO_BUILD_RUSTC": RUSTC, **variables}
    done = subprocess.run(command, cwd=REX, env=environment, input=stdin, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        raise Failed(done.stdout)
    return done.stdout


def cargo(*arguments, target, **variables):
    """Run cargo with the compiler that extensions get, outside of the folders that they use."""
    return run("cargo", *arguments, f"--target={target}", f"--target-dir={TOP}/build/rex/check", **variables)


def tool(name):
    path = f"{TOOLS}/{name}"
    if not os.path.exists(path):
        raise Skipped(f"{path} is not installed")
    return path


@check
def format():
    run(tool("rustfmt"), "--check", "--edition=2024", "build.rs", "src/lib.rs", "macros/src/lib.rs",
        *glob.glob(f"{REX}/tests/*.rs"))


@check
def lints():
    tool("clippy-driver")
    flags = {"RUSTFLAGS": f"@{TOP}/build/rust/rustc-args"}
    arguments = [f"--target-dir={TOP}/build/rex/check", "--", "-Dwarnings"]
    run(tool("cargo-clippy"), "clippy", f"--target={KERNEL}", *arguments, **flags)
    run(tool("cargo-clippy"), "clippy", f"--target={HOST}", "--tests", *arguments)
    run(tool("cargo-clippy"), "clippy", f"--target={HOST}", "--package=rex-macros", *arguments)


@check
def documentation():
    flags = f"@{TOP}/build/rust/rustc-args"
    cargo("doc", "--no-deps", target=KERNEL, RUSTFLAGS=flags, RUSTDOCFLAGS=f"{flags} -Dwarnings",
          CARGO_BUILD_RUSTDOC=tool("rustdoc"))


@check
def kernel_symbols_are_in_the_kernels_table():
    with open(f"{TOP}/linux/src/kernel/rex/symbols.def") as file:
        table = set(re.findall(r"^REX_(?:HELPER|FUNC|DATA)\((\w+),", file.read(), re.M))
    with open(f"{REX}/src/ffi.rs") as file:
        used = set(re.findall(r"^\s+pub (?:safe )?fn (\w+)\(", file.read(), re.M))
    if not used or used - table:
        raise Failed(f"not in symbols.def: {', '.join(sorted(used - table))}")


def built(*arguments):
    """What cargo says of the files that it makes for the host."""
    # Without relro the tests' stand-in for the kernel can write to maps' handles.
    said = cargo(*arguments, "--message-format=json-render-diagnostics", target=HOST,
                 RUSTFLAGS="-Crelro-level=off -Zmutable-noalias=no")
    return [json.loads(line) for line in said.splitlines() if line.startswith("{")]


def or_failure(name, tests):
    """The tests, or one that says why they can't be built."""
    try:
        return tests()
    except Failed as failed:
        error = failed

        def fail():
            raise error
        return [(name, fail)]


def host_tests():
    """A check for each test of tests/*.rs."""
    messages = built("test", "--no-run")
    programs = [m["executable"] for m in messages if m.get("executable") and "test" in m["target"]["kind"]]
    return [(f"{os.path.basename(program).rsplit('-', 1)[0]}: {name}",
             lambda program=program, name=name: run(program, "--exact", name))
            for program in programs
            for name in re.findall(r"^(.*): test$", run(program, "--list"), re.M)]


def must_fail_cases():
    """(name, expected text, source) of each case."""
    for path in sorted(glob.glob(f"{REX}/tests/must-fail/*.rs")):
        with open(path) as file:
            _, *parts = re.split(r"^//# (?=.*: )", file.read(), flags=re.M)
        for part in parts:
            head, source = part.split("\n", 1)
            name, text = head.split(": ", 1)
            yield f"{os.path.basename(path).removesuffix('.rs')}: {name}", text, source


def must_fail_tests():
    """A check for each case of tests/must-fail/."""
    messages = built("build", "--lib")
    library = next(f for m in messages if m.get("target", {}).get("name") == "rex"
                   for f in m.get("filenames", []) if f.endswith(".rlib"))
    outputs = f"{TOP}/build/rex/check"
    command = [RUSTC, "--edition=2021", "--crate-type=lib", "--crate-name=case", f"--extern=rex={library}",
               f"-Ldependency={os.path.dirname(library)}/deps", f"-Ldependency={outputs}/debug/deps",
               "--emit=obj", "-o", f"{outputs}/case.o", "-"]

    def compiles():
        run(*command, stdin=PRELUDE + "#[rex_map] static M: RexArrayMap<u64> = RexArrayMap::new(1, 0);")

    def fails(text, source):
        try:
            run(*command, stdin=PRELUDE + source)
        except Failed as failed:
            if text not in str(failed):
                raise Failed(f"expected: {text}\n{failed}") from None
            return
        raise Failed("it compiles")

    return [("what must not compile fails for its own reason", compiles)] + [
        (name, lambda text=text, source=source: fails(text, source)) for name, text, source in must_fail_cases()]


def main():
    wanted = sys.argv[1:]
    passed = failed = 0
    tests = checks + or_failure("host tests", host_tests) + or_failure("what must not compile", must_fail_tests)
    for name, function in tests:
        if wanted and not any(word in name for word in wanted):
            continue
        try:
            function()
        except Skipped as skipped:
            print(f"skip  {name}: {skipped}")
        except Failed as error:
            failed += 1
            print(f"FAIL  {name}\n{error}")
        else:
            passed += 1
            print(f"ok    {name}")
        sys.stdout.flush()
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
