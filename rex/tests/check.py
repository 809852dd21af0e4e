#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Checks of the crate: format, lints, documentation, tests on the host, and what must not compile.

    check.py [NAME...]

runs those whose names contain one of NAMEs, or all. What must not compile is in
must-fail/, and what the compiler and the linker for extensions refuse in subset/:
files of small programs, each under a line

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
LLVM_BIN = config.toolchain()["LLVM_BIN"]
TOOLS = os.path.dirname(RUSTC)
HOST = "x86_64-unknown-linux-gnu"
KERNEL = "x86_64-unknown-none"
PRELUDE = """#![no_std]
#![no_main]
#![forbid(unsafe_code)]
#![allow(unused)]
use rex::kprobe::kprobe; use rex::map::*; use rex::pt_regs::PtRegs; use rex::spinlock::*;
use rex::task_struct::{OwnedTaskStruct, TaskStruct}; use rex::tracepoint::*;
use rex::{Result, rex_kprobe, rex_printk, rex_map, rex_perf_event, rex_tc, rex_tracepoint, rex_tracepoint_context, rex_xdp};
use rex::net::*; use rex::perf_event::*; use rex::sched_cls::{__sk_buff, sched_cls}; use rex::xdp::{xdp, xdp_md};
#[derive(Clone, Copy)] #[repr(C)] struct Locked { lock: bpf_spin_lock, count: u32 }
"""
# What compiles.
GOOD = """#[rex_map] static M: RexArrayMap<u64> = RexArrayMap::new(1, 0);
#[rex_kprobe] fn p(_: &kprobe, ctx: &PtRegs) -> Result { M.insert(&0, &ctx.rdi()) }
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
    environment = {**os.environ, "RUSTC_BOOTSTRAP": "1", "CARGO_BUILD_RUSTC": RUSTC,
                   "CARGO_BUILD_BUILD_DIR": f"{TOP}/build/rex/check", **variables}
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


def text_of(path):
    with open(path) as file:
        return file.read()


def declared():
    """{name: number of parameters} of the kernel's functions that the crate declares."""
    text = "".join(map(text_of, (f"{REX}/src/ffi.rs", *glob.glob(f"{REX}/src/ffi/*.rs"))))
    functions = re.findall(r"pub (?:safe )?fn (\w+)\(([^)]*)\)", text)
    return {name: len([p for p in parameters.split(",") if p.strip()]) for name, parameters in functions}


def helpers_of_linux():
    """{name: number of parameters} of eBPF's helpers."""
    found = {}
    for path in glob.glob(f"{TOP}/build/linux/kernel/**/*.c", recursive=True) + [f"{TOP}/build/linux/net/core/filter.c"]:
        for count, name in re.findall(r"^(?:NOTRACE_)?BPF_CALL_(\d)\((\w+)", text_of(path), re.M):
            found[name] = int(count)
    return found


def functions_of_rex():
    """{name: number of parameters} of the kernel's functions for extensions."""
    found = {}
    for path in glob.glob(f"{TOP}/linux/src/kernel/rex/*.h"):
        for name, parameters in re.findall(r"\b(rex_\w+)\(([^()]*)\)[^;{]*;", text_of(path)):
            found[name] = 0 if parameters.strip() == "void" else len(parameters.split(","))
    return found


def operations_of_maps():
    """{name: number of parameters} of the operations of maps, by the names that the table gives them."""
    operations = re.findall(r"^REX_MAP_OP\((\w+), \w+, (\w+),", text_of(f"{TOP}/linux/src/kernel/rex/symbols.def"), re.M)
    header = text_of(f"{TOP}/build/linux/include/linux/bpf.h")
    return {name: len(re.search(rf"\(\*{operation}\)\(([^()]*)\)", header)[1].split(","))
            for name, operation in operations}


# What compiled code calls, and the crate doesn't.
OF_THE_COMPILER = {"rex_stack_overflow", "rex_kill_landing"}


@check
def wrappers_agree_with_the_kernels_table():
    entries = re.findall(r"^REX_(HELPER|FUNC|MAP_OP)\((\w+),", text_of(f"{TOP}/linux/src/kernel/rex/symbols.def"), re.M)
    table = {name: kind for kind, name in entries if name not in OF_THE_COMPILER}
    crate = declared()
    expected = {"HELPER": helpers_of_linux(), "FUNC": functions_of_rex(), "MAP_OP": operations_of_maps()}
    wrong = [f"{name}: only in {'ffi' if name in crate else 'symbols.def'}" for name in sorted(table.keys() ^ crate.keys())]
    wrong += [f"{name}: {crate[name]} parameters in ffi, {expected[kind].get(name)} in the kernel"
              for name, kind in table.items() if name in crate and crate[name] != expected[kind].get(name)]
    used = "".join(text_of(path) for path in glob.glob(f"{REX}/src/**/*.rs", recursive=True))
    # Those that have variants are named in a macro's arguments.
    wrong += [f"{name}: no function of the crate calls it" for name in table if len(re.findall(rf"\b{name}\b", used)) < 2]
    if wrong:
        raise Failed("\n".join(wrong))


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


def cases(folder):
    """(name, expected text, source) of each case in a folder."""
    for path in sorted(glob.glob(f"{REX}/tests/{folder}/*.rs")):
        with open(path) as file:
            _, *parts = re.split(r"^//# (?=.*: )", file.read(), flags=re.M)
        for part in parts:
            head, source = part.split("\n", 1)
            name, text = head.split(": ", 1)
            yield f"{os.path.basename(path).removesuffix('.rs')}: {name}", text, source


def library(messages):
    """The crate among what cargo says that it made."""
    return next(f for m in messages if m.get("target", {}).get("name") == "rex"
                for f in m.get("filenames", []) if f.endswith(".rlib"))


def with_prelude(source):
    """A program: attributes of the crate have to come first."""
    attributes = "".join(line + "\n" for line in source.splitlines() if line.startswith("#!["))
    return attributes + PRELUDE + source.replace("#![", "// #![")


def fails(command, text, source):
    try:
        run(*command, stdin=with_prelude(source))
    except Failed as failed:
        if text not in str(failed):
            raise Failed(f"expected: {text}\n{failed}") from None
        return
    raise Failed("it compiles")


def failing(folder, command):
    """A check for each case in a folder, and one that they fail for their own reason."""
    def compiles():
        run(*command, stdin=with_prelude(GOOD))

    return [(f"what {folder} has fails for its own reason", compiles)] + [
        (name, lambda text=text, source=source: fails(command, text, source)) for name, text, source in cases(folder)]


def must_fail_tests():
    """What the crate's types refuse, with the compiler for the host."""
    made = library(built("build", "--lib"))
    outputs = f"{TOP}/build/rex/check"
    return failing("must-fail", [
        RUSTC, "--edition=2021", "--crate-type=lib", "--crate-name=case", f"--extern=rex={made}",
        f"-Ldependency={os.path.dirname(made)}/deps", f"-Ldependency={outputs}/debug/deps",
        "--emit=obj", "-o", f"{outputs}/case.o", "-"])


def extension_command(*features):
    """What compiles and links an extension from standard input."""
    outputs = f"{TOP}/build/rex/check/extension{''.join(features)}"
    said = run("cargo", "build", "--release", *features, f"--target={KERNEL}", f"--target-dir={outputs}",
               "--message-format=json-render-diagnostics", CARGO_BUILD_RUSTC=f"{TOP}/rust/rexc",
               CARGO_BUILD_BUILD_DIR=outputs)
    made = library([json.loads(line) for line in said.splitlines() if line.startswith("{")])
    return [f"{TOP}/rust/rexc", "--edition=2021", f"--target={KERNEL}", "--crate-name=case", f"--extern=rex={made}",
            f"-Ldependency={os.path.dirname(made)}/deps", f"-Ldependency={outputs}/release/deps",
            "-Copt-level=2", "-o", f"{outputs}/case", "-"]


def subset_tests():
    """What extensions can and can't use of Rust, with the compiler and the linker that they get."""
    command = extension_command()

    def links():
        run(*command, stdin=with_prelude(text_of(f"{REX}/tests/subset/allowed.rs")))

    return [*failing("subset", command), ("what subset allows links", links)]


@check
def printing_costs_nothing_when_it_is_off():
    command = extension_command("--no-default-features")
    made = command[-2]
    sizes = []
    for line in ('rex_printk!("{} {:?}", ctx.rdi(), [ctx.rsi()])', "Ok(0)"):
        source = "#[rex_kprobe] fn p(_: &kprobe, ctx: &PtRegs) -> Result { %s }" % line
        run(*command, stdin=with_prelude(source))
        with open(made, "rb") as file:
            if b"rex_trace_printk" in file.read():
                raise Failed(f"{line} still calls the kernel")
        listing = run(f"{LLVM_BIN}/llvm-objdump", "-d", "--no-show-raw-insn", "--section=.text", made)
        sizes.append(sum(line.startswith(" ") for line in listing.splitlines()))
    if sizes[0] != sizes[1]:
        raise Failed(f"{sizes[0]} instructions with a line that is not printed, {sizes[1]} without")


def main():
    wanted = sys.argv[1:]
    passed = failed = 0
    tests = checks + or_failure("host tests", host_tests) + or_failure("what must not compile", must_fail_tests) + \
        or_failure("what extensions can't use", subset_tests)
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
