# SPDX-License-Identifier: GPL-2.0
"""Move edits in the tree back into linux/src and linux/patches."""
import os

from .series import Patched, diff, read_series
from .tree import Trouble, digest, install


def refresh(tree, patch_for_new):
    edits = tree.edits()
    own = [name for name in edits if not tree.is_pristine_name(name)]
    theirs = [name for name in edits if tree.is_pristine_name(name)]
    gone = [name for name in edits if not os.path.exists(tree.path(name))]
    if gone:
        raise Trouble("removed in build/linux:\n  " + "\n  ".join(gone)
                      + "\nIf that is meant, remove them in linux/ and run make kernel; else make kernel lays them again.")

    patches = read_series(tree.patches)
    targets = {name: _target(patches, name, patch_for_new) for name in theirs}
    patched = Patched(tree, patches)
    _refuse_clashes(tree, patched, edits)

    laid = dict(tree.laid)
    for name in own:
        print(f"  REFRESH linux/src/{name}")
        install(tree.path(name), f"{tree.src}/{name}")
        laid[name] = digest(tree.path(name))
    for index, patch in enumerate(patches):
        edited = [name for name in theirs if targets[name] == patch.name]
        if edited:
            print(f"  REFRESH linux/patches/{patch.name}")
            _rewrite(tree, patched, index, patch, edited)
            laid.update((name, digest(tree.path(name))) for name in edited)
    tree.save_laid(laid)
    if not edits:
        print("  REFRESH nothing is edited in build/linux")


def _target(patches, name, patch_for_new):
    """Name of the patch that an edit of a file goes to: the last one that touches it."""
    for patch in reversed(patches):
        if name in patch.touches:
            return patch.name
    if patch_for_new is None:
        raise Trouble(f"no patch changes {name} yet: name the one that shall: make linux-refresh PATCH=<file>")
    if patch_for_new not in [patch.name for patch in patches]:
        raise Trouble(f"linux/patches/series does not list {patch_for_new}: write the patch's message "
                      f"into linux/patches/{patch_for_new}, add its name to series, then run this again")
    return patch_for_new


def _refuse_clashes(tree, patched, edits):
    """A file that changed in linux/ since it was laid would lose that change."""
    for name in edits:
        now = patched.final.get(name) or f"{tree.src}/{name}"
        if name in tree.laid and digest(now) not in (tree.laid[name], digest(tree.path(name))):
            raise Trouble(f"{name} was edited in build/linux and changed in linux/ too: merge by hand")


def _rewrite(tree, patched, index, patch, edited):
    """Write a patch anew with its message kept and the edited files as the tree has them."""
    diffs = []
    for name in sorted({*patch.touches, *edited}):
        before = patched.versions[index].get(name) or tree.pristine(name)
        after = tree.path(name) if name in edited else patched.versions[index + 1][name]
        diffs.append(diff(name, before, after))
    with open(patch.file, "w", encoding="utf-8") as file:
        file.write(f"{patch.message}---\n\n{''.join(diffs)}")
