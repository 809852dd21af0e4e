# SPDX-License-Identifier: GPL-2.0
"""What does not link, and what is said of it."""
import subprocess

from workshop import RUST, compile_c, expect, test


@test
def too_deep_is_refused_with_the_path(shop):
    shop.refused("deep", "*rex-ld: error: program 'deep' can use ????? bytes of stack; 16384 are there.*",
                 "* ?????  deep::upper*", "* ?????  deep::lower*")


@test
def deep_panic_message_is_refused_with_the_path(shop):
    shop.refused("deep_panic", "*rex-ld: error: after its stack check, 'core::fmt::write' can use 90?? bytes of stack*8192*",
                 "* 90??  <deep_panic::Large as core::fmt::Display>::fmt*")


@test
def much_stack_below_a_check_is_refused(shop):
    shop.refused("deep_slack", "*rex-ld: error: after its stack check, 'deep_slack::down' can use 9??? bytes of stack*8192*",
                 "*deep_slack::down  (checks the stack)*", "* 92??  deep_slack::wide*")


@test
def unknown_symbol_is_refused_with_the_line(shop):
    shop.refused("unknown_symbol", "*undefined symbol: commit_creds*", "*unknown_symbol.rs:14*",
                 "*rex-ld: error: *docs/kernel-symbols.md*")


@test
def two_programs_of_one_name_are_refused(shop):
    shop.refused("twins", "*rex-ld: error: two programs have the name 'twin'*")


@test
def object_without_program_is_refused(shop):
    shop.refused("no_program", "*rex-ld: error: no program in this object*")


@test
def kernel_symbol_out_of_reach_is_refused(shop):
    shop.refused("unreached", "*rex-ld: error: kernel symbol 'bpf_ktime_get_ns' is used by code that no program reaches*")


@test
def global_assembly_is_refused(shop):
    shop.refused("assembly", "*rex: the object contains global_asm!*")


@test
def vector_registers_are_refused(shop):
    shop.refused("vector", "*rex-ld: error: *vector* uses floating point or vector registers*")


@test
def bare_return_is_refused(shop):
    shop.refused("return_address", "*rex-ld: error: *return_address*has a return or an indirect branch without a thunk*")


@test
def foreign_machine_code_is_refused(shop):
    compile_c("unsigned long foreign(unsigned long n) { return n; }", f"{shop.folder}/foreign.o")
    shop.refused("foreign", "*rex-ld: error: *foreign.o brings machine code*",
                 arguments=[f"-Clink-arg={shop.folder}/foreign.o"])


@test
def link_without_the_pass_is_refused(shop):
    compile_c("int data = 1;", f"{shop.folder}/data.o")
    done = subprocess.run([f"{RUST}/rex-ld", "-pie", "-o", f"{shop.folder}/data", f"{shop.folder}/data.o"],
                          capture_output=True, text=True)
    expect(done.returncode != 0 and "rex-ld: error: the Rex pass did not run" in done.stderr, done.stderr)


@test
def missing_kernel_is_refused(shop):
    shop.refused("hello", "*rex-ld: error: no kernel to build for: /nowhere/*REX_KERNEL_BUILD*", kernel="/nowhere")
