# SPDX-License-Identifier: GPL-2.0
"""The patch series: linux/patches/series lists the files, in order."""
import os
import re
import subprocess
import tempfile

from .tree import Trouble, digest, install


class Patch:
    def __init__(self, directory, name):
        self.name = name
        self.file = f"{directory}/{name}"
        try:
            with open(self.file, encoding="utf-8") as file:
                self.text = file.read()
        except FileNotFoundError:
            raise Trouble(f"{directory}/series lists {name}, which does not exist") from None
        self.touches = list(dict.fromkeys(re.findall(r"^\+\+\+ b/(\S+)", self.text, re.M)))

    @property
    def message(self):
        """What stands above the first diff, less a stale diffstat."""
        return re.split(r"^(?:---$|diff --git |--- )", self.text, maxsplit=1, flags=re.M)[0].rstrip() + "\n"

    @property
    def changed_lines(self):
        return len(re.findall(r"^(?:\+(?!\+\+ )|-(?!-- ))", self.text[len(self.message):], re.M))


def read_series(directory):
    try:
        with open(f"{directory}/series", encoding="utf-8") as file:
            names = [line.split("#")[0].strip() for line in file]
    except FileNotFoundError:
        return []
    return [Patch(directory, name) for name in names if name]


class Patched:
    """The series applied in a scratch directory: `versions[k][name]` is the path of
    a file after k patches, for every file that any patch touches."""

    def __init__(self, tree, patches):
        self._scratch = tempfile.TemporaryDirectory()
        names = sorted({name for patch in patches for name in patch.touches})
        for name in names:
            if not tree.is_pristine_name(name):
                raise Trouble(f"linux/patches change {name}, which this kernel does not have: "
                              "new files belong in linux/src")
        self.versions = [{name: tree.pristine(name) for name in names}]
        for patch in patches:
            self.versions.append(self._apply(patch, self.versions[-1]))

    def _apply(self, patch, before):
        if not patch.touches:  # its message is written, its changes are still to come
            return before
        area = f"{self._scratch.name}/{len(self.versions)}"
        os.makedirs(area)
        after = dict(before)
        for name in patch.touches:
            install(before[name], f"{area}/{name}")
            after[name] = f"{area}/{name}"
        done = subprocess.run(["patch", "-p1", "--no-backup-if-mismatch", "--force", "-d", area, "-i", patch.file],
                              capture_output=True, text=True, check=False)
        if done.returncode:
            raise Trouble(f"linux/patches/{patch.name} does not apply:\n{done.stdout}{done.stderr}")
        return after

    @property
    def final(self):
        return self.versions[-1]


def diff(name, before, after):
    """Unified diff of one file with paths as a patch has them, empty if there is none."""
    if digest(before) == digest(after):
        return ""
    done = subprocess.run(["diff", "-up", "--label", f"a/{name}", "--label", f"b/{name}", before, after],
                          capture_output=True, text=True, check=False)
    return f"diff --git a/{name} b/{name}\n{done.stdout}"
