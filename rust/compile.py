# SPDX-License-Identifier: GPL-2.0
"""Compiles a crate: what rust/rexc runs with the arguments that cargo has for rustc.

Crates for the kernel's target get our core and target-flags; crates for the host
(macros, build scripts) pass through.
"""
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, f"{HERE}/link")

import config  # noqa: E402

TARGET = "x86_64-unknown-none"

# What may do what the compiler can't check: the crate rex, for all extensions, and what tests misbehave with.
TRUSTED_FILES = ("rex/src/lib.rs",)
TRUSTED_FOLDERS = ("rust/tests/cases", "tests/ext")


def values(arguments, option):
    """What an option is set to, each time: `--option value` or `--option=value`."""
    for i, argument in enumerate(arguments):
        if argument == option and i + 1 < len(arguments):
            yield arguments[i + 1]
        elif argument.startswith(f"{option}="):
            yield argument.removeprefix(f"{option}=")


def value(arguments, option):
    return next(values(arguments, option), "")


def codegen_value(arguments, name):
    """What `-C name=value` or `-Cname=value` says, or an empty string."""
    options = [*values(arguments, "-C"), *(argument[2:] for argument in arguments if argument.startswith("-C"))]
    return next((option.partition("=")[2] for option in options if option.startswith(f"{name}=")), "")


def without(arguments, option):
    """The arguments, but for an option that has a value."""
    kept, skip = [], False
    for argument in arguments:
        if not skip and argument != option and not argument.startswith(f"{option}="):
            kept.append(argument)
        skip = argument == option
    return kept


def is_trusted(arguments):
    source = next((argument for argument in reversed(arguments) if argument.endswith(".rs")), None)
    if source is None:
        return False
    path = os.path.relpath(os.path.realpath(source), os.path.realpath(config.TOP))
    return path in TRUSTED_FILES or any(path.startswith(f"{folder}/") for folder in TRUSTED_FOLDERS)


def held_to_the_subset(arguments):
    """The arguments for a crate that has to be safe: what cargo fetches, too. There cargo turns lints off, and
    this one must hold."""
    capped = any(values(arguments, "--cap-lints"))
    return [*without(arguments, "--cap-lints"), "-Funsafe_code", "-Zallow-features=", *(["-Awarnings"] if capped else [])]


def for_the_kernel(arguments):
    """What rustc gets for a crate of the kernel's target."""
    # Editors check all that a package can be built as, its tests included. For the kernel there is no crate
    # test; what a test would be is checked as the extension that it is.
    arguments = [argument for argument in arguments if argument != "--test"]
    if not is_trusted(arguments):
        arguments = held_to_the_subset(arguments)
    return [*arguments, f"@{config.BUILD}/rustc-args"]


def dependency_file(arguments):
    """The list of what a crate is made from, which cargo reads; None if it asks for none."""
    if not any("dep-info" in kinds.split(",") for kinds in values(arguments, "--emit")):
        return None
    name = value(arguments, "--crate-name") + codegen_value(arguments, "extra-filename")
    path = os.path.join(value(arguments, "--out-dir"), f"{name}.d")
    return path if os.path.exists(path) else None


def add_dependencies(path):
    """Cargo builds again what depends on a changed file or variable of the list: let it know of those that rustc
    does not see."""
    files = [f"{config.BUILD}/ready"]
    for kernel in config.kernel_build().split(":"):
        files += filter(os.path.exists, (f"{kernel}/include/config/kernel.release", f"{kernel}/kernel/rex/layout.o"))
    listed = " ".join(file.replace(" ", "\\ ") for file in files)
    variable = os.environ.get("REX_KERNEL_BUILD")
    with open(path, encoding="utf-8") as file:
        first, rest = file.read().split("\n", 1)
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"{first} {listed}\n{rest}")
        file.write("# env-dep:REX_KERNEL_BUILD" + ("" if variable is None else f"={variable}") + "\n")


def main(arguments):
    rustc = config.toolchain()["RUSTC"]
    if TARGET not in values(arguments, "--target"):
        os.execv(rustc, [rustc, *arguments])
    # Cargo tells rustc how many may run by files that it leaves open.
    done = subprocess.run([rustc, *for_the_kernel(arguments)], env={**os.environ, "RUSTC_BOOTSTRAP": "1"}, close_fds=False,
                          check=False)
    if done.returncode:
        return done.returncode
    listed = dependency_file(arguments)
    if listed:
        add_dependencies(listed)
    return 0


sys.exit(main(sys.argv[1:]))
