#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
The kernel tree: it is laid from linux/, edits in it go back there, and no edit is ever
dropped. On a kernel of three files, in a folder of its own.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, "../lib")
from rex import TOP, check

MAKEFILE = "VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 1\n"
OLD = "".join(f"line {number}\n" for number in range(1, 21))
NEW = OLD.replace("line 3\n", "line 3, patched\n")
PATCH = """Subject: [PATCH] core: Say what was patched

The reason.
---
 kernel/core.c | 2 +-
 1 file changed, 1 insertion(+), 1 deletion(-)

diff --git a/kernel/core.c b/kernel/core.c
--- a/kernel/core.c
+++ b/kernel/core.c
@@ -1,5 +1,5 @@
 line 1
 line 2
-line 3
+line 3, patched
 line 4
 line 5
"""


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


class Project:
    """What linux-tree works on: linux/ with one new file and one patch, and a kernel."""

    def __init__(self, folder):
        self.top, self.kernel = f"{folder}/rex", f"{folder}/kernel"
        shutil.copytree(f"{TOP}/scripts/linuxtree", f"{self.top}/scripts/linuxtree",
                        ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(f"{TOP}/scripts/linux-tree", f"{self.top}/scripts")
        write(self.ours("src/kernel/rex/new.c"), "new\n")
        write(self.ours("patches/series"), "0001-core.patch\n")
        write(self.ours("patches/0001-core.patch"), PATCH)
        write(f"{self.kernel}/Makefile", MAKEFILE)
        write(f"{self.kernel}/kernel/core.c", OLD)
        write(f"{self.kernel}/kernel/other.c", OLD)

    def ours(self, name):
        return f"{self.top}/linux/{name}"

    def tree(self, name):
        return f"{self.top}/build/linux/{name}"

    def run(self, command, *arguments):
        """What it says; it must work."""
        done = self._start(command, *arguments)
        check(done.returncode == 0, f"{command}: exit code {done.returncode}", done.stdout)
        return done.stdout

    def refused(self, command, *arguments):
        """What it says; it must not work."""
        done = self._start(command, *arguments)
        check(done.returncode == 1, f"{command}: exit code {done.returncode}", done.stdout)
        return done.stdout

    def _start(self, command, *arguments):
        return subprocess.run([f"{self.top}/scripts/linux-tree", command, self.kernel, *arguments], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)


def check_file(path, expected):
    check(read(path) == expected, path, read(path))


def laid(project):
    project.run("lay")
    check_file(project.tree("kernel/core.c"), NEW)
    check_file(project.tree("kernel/other.c"), OLD)
    check_file(project.tree("kernel/rex/new.c"), "new\n")
    before = os.stat(project.tree("kernel/core.c")).st_mtime_ns
    check("LAY" not in project.run("lay"), "it lays what is there already")
    check(os.stat(project.tree("kernel/core.c")).st_mtime_ns == before, "a file that did not change was written")
    check("nothing is edited" in project.run("refresh"), "an edit where there is none")


def edits_go_back(project):
    write(project.tree("kernel/rex/new.c"), "new, edited\n")
    write(project.tree("kernel/core.c"), NEW.replace("line 18", "line 18, edited"))
    check("core.c is edited" in project.run("lay"), "an edit is not spoken of")
    project.run("refresh")
    check_file(project.ours("src/kernel/rex/new.c"), "new, edited\n")
    patch = read(project.ours("patches/0001-core.patch"))
    check(patch.startswith(PATCH[:PATCH.index("---")]), "the patch's message changed", patch)
    check(re.findall(r"^[-+](?![-+]).*$", patch, re.M) == ["-line 3", "+line 3, patched", "-line 18", "+line 18, edited"], patch)
    check("nothing is edited" in project.run("refresh"), "the edit is still there after it was taken")

    # What linux/ has now makes the same tree again.
    shutil.rmtree(f"{project.top}/build")
    project.run("lay")
    check_file(project.tree("kernel/core.c"), NEW.replace("line 18", "line 18, edited"))
    check_file(project.tree("kernel/rex/new.c"), "new, edited\n")


def an_edit_without_a_patch(project):
    write(project.tree("kernel/other.c"), OLD.replace("line 7", "line 7, edited"))
    said = project.refused("refresh")
    check("no patch changes kernel/other.c yet" in said and "PATCH=" in said, said)
    said = project.refused("refresh", "0002-other.patch")
    check("does not list 0002-other.patch" in said, said)
    write(project.ours("patches/0002-other.patch"), "Subject: [PATCH] other: Change\n")
    write(project.ours("patches/series"), "0001-core.patch\n0002-other.patch\n")
    project.run("refresh", "0002-other.patch")
    check("+line 7, edited" in read(project.ours("patches/0002-other.patch")), read(project.ours("patches/0002-other.patch")))


def nothing_is_dropped(project):
    """An edit in the tree and another one of the same file in linux/, or another kernel."""
    write(project.tree("kernel/rex/new.c"), "edited there\n")
    write(project.ours("src/kernel/rex/new.c"), "edited here\n")
    for command in ("lay", "refresh"):
        said = project.refused(command)
        check("kernel/rex/new.c" in said, said)
        check_file(project.tree("kernel/rex/new.c"), "edited there\n")
        check_file(project.ours("src/kernel/rex/new.c"), "edited here\n")
    os.utime(project.kernel, (1, 1))
    said = project.refused("lay")
    check("holds edits" in said and "kernel/rex/new.c" in said, said)
    check_file(project.tree("kernel/rex/new.c"), "edited there\n")


def no_such_kernel(project):
    write(f"{project.kernel}/Makefile", MAKEFILE.replace("12", "6"))
    said = project.refused("lay")
    check("is Linux 6.6: the patches are for 6.12" in said, said)
    os.remove(f"{project.kernel}/Makefile")
    check("holds no kernel tree" in project.refused("lay"), "a folder without a kernel")
    shutil.rmtree(project.kernel)
    check("no kernel source at" in project.refused("lay"), "no folder")


with tempfile.TemporaryDirectory() as scratch:
    for number, test in enumerate(((laid, edits_go_back, an_edit_without_a_patch, nothing_is_dropped), (no_such_kernel,))):
        on = Project(f"{scratch}/{number}")
        for step in test:
            step(on)
