# SPDX-License-Identifier: GPL-2.0
"""The gdb command rex-symbols: symbols and source lines of the loaded Rex objects."""
import glob
import hashlib
import os

import gdb

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILT = ("samples/*/target/x86_64-unknown-none/*", "tests/ext/*/target/x86_64-unknown-none/*")


def loaded_objects():
    """Each struct rex_object in the kernel's list."""
    node_type = gdb.lookup_type("struct rex_object")
    offset = next(field.bitpos // 8 for field in node_type.fields() if field.name == "node")
    head = gdb.parse_and_eval("&rex_objects")
    node = head["next"]
    while node != head:
        yield (node.cast(gdb.lookup_type("char").pointer()) - offset).cast(node_type.pointer()).dereference()
        node = node["next"]


def built_files(folders):
    """{SHA-256: path} of the files that were built and may be loaded."""
    found = {}
    for folder in folders:
        for path in filter(os.path.isfile, glob.glob(f"{folder}/*")):
            with open(path, "rb") as file:
                content = file.read()
            if content.startswith(b"\x7fELF"):
                found[hashlib.sha256(content).digest()] = path
    return found


class RexSymbols(gdb.Command):
    """Load symbols of the Rex objects that the kernel has loaded.

rex-symbols [FOLDER...]

Looks for their files where samples and tests build them, and in each FOLDER.
A file is an object's only if its SHA-256 is: a rebuilt one has other addresses.
Run it again when objects were loaded or have gone."""

    def __init__(self):
        super().__init__("rex-symbols", gdb.COMMAND_FILES, gdb.COMPLETE_FILENAME)
        self.added = []  # paths

    def invoke(self, argument, from_tty):
        # The kernel's names, also where the machine stands in Rust.
        language = gdb.parameter("language")
        gdb.execute("set language c", to_string=True)
        try:
            self.load(argument)
        finally:
            gdb.execute(f"set language {language}", to_string=True)

    def load(self, argument):
        files = built_files([f"{TOP}/{folder}" for folder in BUILT] + gdb.string_to_argv(argument))
        objects = list(loaded_objects())
        while self.added:
            gdb.execute(f"remove-symbol-file {self.added.pop()}", to_string=True)
        for obj in objects:
            self.add(obj, files)
        if not objects:
            print("No Rex object is loaded.")

    def add(self, obj, files):
        name, image = obj["name"].string(), obj["image"]
        path = files.get(bytes(int(obj["digest"][i]) for i in range(32)))
        start, bias = int(image["text_start"]), int(image["bias"])
        if path is None:
            print(f"{name} at {start:#x}: no file with its SHA-256 (rebuilt since? rex-symbols FOLDER looks there too)")
            return
        gdb.execute(f"add-symbol-file {path} -o {bias:#x}", to_string=True)
        self.added.append(path)
        print(f"{name} at {start:#x}: {os.path.relpath(path, TOP)}")


RexSymbols()
