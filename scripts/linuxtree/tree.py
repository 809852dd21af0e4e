# SPDX-License-Identifier: GPL-2.0
"""The unpacked tree: its source, its pristine files, and a record of what was laid over it."""
import hashlib
import json
import os
import re
import shutil
import subprocess

SERIES = (6, 12)

# Left behind by editors, tools and the kernel's own Python: never an edit.
LITTER = re.compile(r"(^|/)(__pycache__|\.git|\.cache)(/|$)|\.(pyc|orig|rej|swp)$|~$"
                    r"|(^|/)(tags|TAGS|cscope\..*|compile_commands\.json)$")


class Trouble(Exception):
    """What the user has to hear, in one message."""


def digest(path):
    """SHA-256 of a file, None if there is none."""
    try:
        with open(path, "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()
    except FileNotFoundError:
        return None


def install(source, target):
    """Copy a file, folders included; its time of change is now, so that make sees it."""
    os.makedirs(os.path.dirname(target), exist_ok=True)
    shutil.copyfile(source, target)
    shutil.copymode(source, target)


def files_below(directory):
    """Relative paths of all files below a directory, without litter."""
    found = []
    for folder, folders, names in os.walk(directory):
        folders[:] = [name for name in folders if not LITTER.search(name)]
        for name in names:
            path = os.path.relpath(os.path.join(folder, name), directory)
            if not LITTER.search(path):
                found.append(path)
    return sorted(found)


class Tree:
    def __init__(self, top, source):
        self.root = f"{top}/build/linux"
        self.src = f"{top}/linux/src"
        self.patches = f"{top}/linux/patches"
        self.state = f"{top}/build/linux-state"
        self.objects = [f"{top}/build/kernel", f"{top}/build/kernel-debug"]
        self.source = os.path.realpath(source)
        if not os.path.exists(self.source):
            raise Trouble(f"no kernel source at {source}: run scripts/setup, or name a tarball or tree of "
                          "Linux 6.12 with make LINUX_SRC=/path")
        self._names, self._laid = None, None  # read when first asked for

    def path(self, name):
        return f"{self.root}/{name}"

    # Unpacking

    def identity(self):
        """Changes when the source does."""
        about = os.stat(self.source)
        return f"{self.source} {about.st_size} {int(about.st_mtime)}\n"

    def unpack(self):
        """Have the source unpacked; unpack anew when it is another one than before."""
        if self._read("source") == self.identity():
            return
        if self._read("source"):
            self._refuse_to_drop_edits()
        print(f"  UNPACK  {self.source}", flush=True)
        fresh = self.root + ".new"
        # Objects go too: a tarball's files are older than objects made from another one.
        for directory in (fresh, self.root, self.state, *self.objects):
            shutil.rmtree(directory, ignore_errors=True)
        os.makedirs(fresh)
        os.makedirs(self.state)
        self._extract(fresh)
        self._check_series(fresh)
        os.rename(fresh, self.root)
        self._write("files", "\n".join(files_below(self.root)))
        self._names, self._laid = None, None
        self._write("source", self.identity())

    def _extract(self, target, names=()):
        """Put the source, or only the named files of it, in a directory."""
        if os.path.isdir(self.source):
            copy = ["rsync", "-a", "--exclude=.git", *(["--relative"] if names else [])]
            command = [*copy, *([f"{self.source}/./{name}" for name in names] or [self.source + "/"]), target]
        else:
            members = [f"{self._prefix()}/{name}" for name in names]
            command = ["tar", "xf", self.source, "--strip-components=1", "-C", target, *members]
        if subprocess.run(command, check=False).returncode:
            raise Trouble(f"can't unpack {self.source}: {' '.join(command[:3])} failed")

    def _prefix(self):
        """The folder that holds everything in the tarball."""
        with subprocess.Popen(["tar", "tf", self.source], stdout=subprocess.PIPE, text=True) as listing:
            first = listing.stdout.readline().strip()
            listing.terminate()
        return first.split("/")[0]

    def _check_series(self, directory):
        try:
            with open(f"{directory}/Makefile", encoding="utf-8") as file:
                head = file.read(2000)
            found = tuple(int(re.search(rf"^{key} = (\d+)$", head, re.M)[1]) for key in ("VERSION", "PATCHLEVEL"))
        except (OSError, TypeError):
            raise Trouble(f"{self.source} holds no kernel tree") from None
        if found != SERIES:
            raise Trouble(f"{self.source} is Linux {found[0]}.{found[1]}: the patches are for "
                          f"{SERIES[0]}.{SERIES[1]}")

    def _refuse_to_drop_edits(self):
        edits = self.edits()
        if edits:
            raise Trouble(f"the kernel source is another one now, but {self.root} holds edits:\n  "
                          + "\n  ".join(edits) + "\nKeep them with make linux-refresh, or remove "
                          f"{self.root} and {self.state}.")

    # Pristine files

    def is_pristine_name(self, name):
        """Whether the kernel itself has a file of this name."""
        if self._names is None:
            self._names = set(self._read("files").split("\n"))
        return name in self._names

    def pristine(self, name):
        """Path of a copy of the file as the source has it."""
        copy = f"{self.state}/pristine/{name}"
        if not os.path.exists(copy):
            if name not in self.laid and not self._newer(name):
                install(self.path(name), copy)
            else:
                os.makedirs(f"{self.state}/pristine", exist_ok=True)
                self._extract(f"{self.state}/pristine", [name])
        return copy

    def _newer(self, name):
        """Whether the file changed after the tree was unpacked."""
        try:
            changed = os.stat(self.path(name)).st_mtime
        except FileNotFoundError:
            return True
        return changed > os.stat(f"{self.state}/source").st_mtime

    # What was laid

    @property
    def laid(self):
        """{name: SHA-256} of the files that linux/ put into the tree."""
        if self._laid is None:
            self._laid = json.loads(self._read("laid.json") or "{}")
        return self._laid

    def save_laid(self, laid):
        self._laid = laid
        self._write("laid.json", json.dumps(laid, indent=1, sort_keys=True))

    def edits(self):
        """Names of the files that somebody changed, made or removed in the tree."""
        found = [name for name, was in self.laid.items() if digest(self.path(name)) != was]
        for name in files_below(self.root):
            if name not in self.laid and self._newer(name):
                if not self.is_pristine_name(name) or digest(self.path(name)) != digest(self.pristine(name)):
                    found.append(name)
        return sorted(found)

    def _read(self, name):
        try:
            with open(f"{self.state}/{name}", encoding="utf-8") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def _write(self, name, text):
        with open(f"{self.state}/{name}.new", "w", encoding="utf-8") as file:
            file.write(text)
        os.rename(f"{self.state}/{name}.new", f"{self.state}/{name}")
