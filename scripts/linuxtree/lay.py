# SPDX-License-Identifier: GPL-2.0
"""Lay linux/src and the patched files over the tree. Only files whose content
changes are written, so make rebuilds only what depends on them."""
import os

from .series import Patched, read_series
from .tree import Trouble, digest, files_below, install


def lay(tree):
    patched = Patched(tree, read_series(tree.patches))
    wanted = dict(patched.final)
    for name in files_below(tree.src):
        if tree.is_pristine_name(name):
            raise Trouble(f"linux/src/{name}: the kernel has this file already: change it by a patch")
        wanted[name] = f"{tree.src}/{name}"

    laid, kept, clashes, changes = {}, [], [], []
    for name in sorted(wanted.keys() | tree.laid.keys()):
        want = digest(wanted[name]) if name in wanted else None
        have = digest(tree.path(name))
        before = tree.laid.get(name) or (digest(tree.pristine(name)) if tree.is_pristine_name(name) else None)
        edited = have is not None and have not in (before, want)
        if edited and want != tree.laid.get(name):
            clashes.append(name)
        elif edited:
            kept.append(name)
        elif have != want:
            changes.append(name)
        if want is not None:
            laid[name] = want
    if clashes:
        raise Trouble("these files were edited in build/linux and changed in linux/ too:\n  " + "\n  ".join(clashes)
                      + "\nKeep the edits: put linux/ back as it was, make linux-refresh, change it again. "
                      "Drop them: remove the files in build/linux.")

    for name in changes:
        if name in wanted:
            install(wanted[name], tree.path(name))
        elif tree.is_pristine_name(name):
            install(tree.pristine(name), tree.path(name))
        else:
            os.remove(tree.path(name))
    tree.save_laid(laid)
    if changes:
        print(f"  LAY     {len(changes)} file{'s' * (len(changes) > 1)} of linux/ over build/linux", flush=True)
    for name in kept:
        print(f"  NOTE    build/linux/{name} is edited: make linux-refresh moves the edit into linux/", flush=True)
