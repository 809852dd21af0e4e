# SPDX-License-Identifier: GPL-2.0
"""Links an extension: what rust/rex-ld runs with the arguments of a linker.

lld makes one program of all the code, runs our LLVM pass over it and keeps the
relocations for the kernel. Then the result is checked, and gets the sections
that say what it was built for and how its functions are called.
"""
import os
import subprocess
import sys
import tempfile

import btf
import config
import depth
import floats
import inputs
import names
import note
from code import Code
from elf import Elf
from report import Report


def link(tools, arguments, output, report, link_map):
    options = [
        f"--load-pass-plugin={config.BUILD}/rex-pass.so",
        # The depth check needs the size of each frame, pushed arguments included.
        "-mllvm", "--stack-size-section", "-mllvm", "--no-x86-call-frame-opt",
        # A kernel symbol that is not in the table is an error that names the source line.
        f"{config.BUILD}/libkernel.so", "-zdefs",
        # The kernel makes calls to its symbols direct: it needs to know where they are.
        "--emit-relocs",
        # Programs are entered by their descriptors.
        "--entry=0",
        "-T", f"{config.HERE}/rex.lds",
        f"--Map={link_map}",
        "-o", output,
    ]
    done = subprocess.run([tools["LLD"], *arguments, *options], env={**os.environ, "REX_PASS_REPORT": report},
                          stderr=subprocess.PIPE, text=True)
    sys.stderr.write(done.stderr)
    if "undefined symbol" in done.stderr:
        config.fail("the symbols of the kernel that extensions may use are listed in docs/kernel-symbols.md")
    if done.returncode:
        sys.exit(done.returncode)


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)
    return path


def main(arguments):
    tools = config.toolchain()
    output = arguments[arguments.index("-o") + 1]
    with tempfile.TemporaryDirectory(prefix="rex-ld-") as folder:
        linked = os.path.join(folder, os.path.basename(output))
        report_path = os.path.join(folder, "report")
        link(tools, arguments, linked, report_path, f"{folder}/map")
        inputs.check(f"{folder}/map", linked)

        elf = Elf(linked)
        readable = names.demangled(elf, tools)
        code = Code(elf, tools, readable)
        floats.check(code, readable)
        report = Report(report_path, code)
        report.check_programs(code.imports)
        worst, slack = depth.check(code, report, lambda name: readable[name])

        note_path = write(f"{folder}/note", note.build_note(config.kernel_build(), worst, slack))
        symbols_path = write(f"{folder}/symbols", names.symbol_section(elf, readable))
        types_path = write(f"{folder}/types", btf.map_section(elf))
        objcopy = f"{tools['LLVM_BIN']}/llvm-objcopy"
        subprocess.run([objcopy, f"--add-section=.note.rex={note_path}", f"--add-section=.rex.symbols={symbols_path}",
                        f"--add-section=.rex.types={types_path}",
                        # Debug sections are relocated already, and the kernel has no use for these.
                        "--remove-section=.rela.debug_*", "--remove-section=.rela.stack_sizes",
                        linked], check=True)
        # It aligns only what is there already.
        subprocess.run([objcopy, "--set-section-alignment=.note.rex=4", "--set-section-alignment=.rex.symbols=8",
                        "--set-section-alignment=.rex.types=4", linked, output], check=True)


main(sys.argv[1:])
