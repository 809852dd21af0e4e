# SPDX-License-Identifier: GPL-2.0
"""What the LLVM pass found out, as rust/pass/Report.cpp writes it."""
import json
import os

from config import fail


class Side:
    """What programs run, or what a panic runs."""

    def __init__(self, described, code):
        self.checked = {code.by_name[name] for name in described["checked"] if name in code.by_name}
        self.indirect = {code.by_name[caller]: [code.by_name[name] for name in targets if name in code.by_name]
                         for caller, targets in described["indirect"].items() if caller in code.by_name}


class Report:
    def __init__(self, path, code):
        if not os.path.exists(path):
            fail("the Rex pass did not run: no code in this link was compiled by rust/rexc, "
                 "or LTO was turned off: check the lto settings of the profile")
        with open(path) as file:
            read = json.load(file)
        self.programs = read["programs"]
        self.panic_handler = code.by_name.get(read["panic_handler"])
        self.program_side = Side(read["program_side"], code)
        self.panic_side = Side(read["panic_side"], code)

    def check_programs(self, imports):
        """Programs have names of their own, and account for each kernel symbol that is used."""
        names = [program["name"] for program in self.programs]
        if not names:
            fail("no program in this object: section .rex.progs is empty: mark a function as a program")
        for name in names:
            if names.count(name) > 1:
                fail(f"two programs have the name '{name}': rename one")
        listed = {symbol for program in self.programs for symbol in program["imports"]}
        for symbol in sorted(imports - listed):
            if not symbol.startswith(("rex_", "__x86_")):
                fail(f"kernel symbol '{symbol}' is used by code that no program reaches: "
                     "remove that code, or what keeps it in the object (#[used])")
