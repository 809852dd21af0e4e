# SPDX-License-Identifier: GPL-2.0
"""What rexc does to a crate."""
import subprocess

from workshop import RUST, config, expect, test


def compile_crate(shop, source, *arguments):
    """What rexc says of a crate that is none of the trusted, and whether it compiles."""
    path = f"{shop.folder}/fetched.rs"
    with open(path, "w") as file:
        file.write(source)
    done = subprocess.run([f"{RUST}/rexc", "--edition=2024", "--target=x86_64-unknown-none", "--crate-name", "fetched",
                           "--crate-type=rlib", "--out-dir", shop.folder, *arguments, path], capture_output=True, text=True)
    return done.stderr, done.returncode == 0


@test
def what_cargo_fetches_has_to_be_safe(shop):
    source = "#![no_std] #![allow(unsafe_code)] pub fn f(p: *const u8) -> u8 { %s }"
    for cap in (("--cap-lints", "allow"), ("--cap-lints=warn",), ()):
        said, compiles = compile_crate(shop, source % "unsafe { *p }", *cap)
        expect(not compiles and "unsafe_code" in said, f"{cap}: {said}")
    said, compiles = compile_crate(shop, "#![no_std] pub fn f() { let unused = 1; }", "--cap-lints", "allow")
    expect(compiles and not said, said)


@test
def cargo_hears_of_what_rustc_does_not_see(shop):
    said, compiles = compile_crate(shop, "#![no_std]", "--emit=dep-info,metadata", "-C", "extra-filename=-1")
    expect(compiles, said)
    with open(f"{shop.folder}/fetched-1.d") as file:
        lines = file.read().splitlines()
    expect(lines[0].startswith(f"{shop.folder}/fetched-1.d: {shop.folder}/fetched.rs {config.BUILD}/ready"), lines[0])
    expect(lines[-1].startswith("# env-dep:REX_KERNEL_BUILD"), lines[-1])


@test
def editors_check_tests_as_the_extension(shop):
    said, compiles = compile_crate(shop, "#![no_std] pub fn f() {}", "--test", "--emit=metadata")
    expect(compiles, said)


@test
def host_crates_are_left_alone(shop):
    done = subprocess.run([f"{RUST}/rexc", "--edition=2024", "-", "-o", f"{shop.folder}/host"],
                          input='fn main() { println!("host") }', text=True, capture_output=True)
    expect(done.returncode == 0, done.stderr)
    expect(subprocess.run([f"{shop.folder}/host"], capture_output=True, text=True).stdout == "host\n", "wrong output")
