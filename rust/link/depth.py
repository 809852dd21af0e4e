# SPDX-License-Identifier: GPL-2.0
"""How deep the stack can get.

A path ends where a function that may recur checks the stack: beyond, the check
bounds it. Depths are bytes below a function's return address.

The kernel gives a program 16 KiB. Below that limit are 8 KiB for what a function
may use that passed a check just above it; then comes a panic's part, the same way.
"""
import sys

from code import INDIRECT
from config import PANIC_STACK, PROGRAM_STACK, STACK_SLACK, fail

RETURN_ADDRESS = 8
KERNEL_CALL = 16        # return addresses of the call and of its thunk; then the kernel's own reserve begins
TRANSIENT = 16          # a retpoline, or a pair of push and pop around a constant


class Depths:
    """Depths of functions as one side of the object (programs, or panics) runs them, down to checked ones."""

    def __init__(self, side, checked, panic_handler, demangle):
        self.side = side
        self.checked = checked
        self.panic_handler = panic_handler
        self.demangle = demangle
        self.memo = {}
        self.active = []

    def below(self, function):
        """(bytes, path) from a function's return address down to the next checks."""
        if function in self.memo:
            return self.memo[function]
        if function in self.active:
            cycle = self.active[self.active.index(function):] + [function]
            fail("functions call each other without a check of the stack:\n" + self.listing(cycle))
        self.active.append(function)
        frame = self.frame(function)
        best = (frame + TRANSIENT, [function])
        for is_jump, callee in function.calls:
            for target in self.targets(function, callee):
                size, path = self.callee(target)
                # A tail call has given its frame back.
                size += 0 if is_jump else frame + RETURN_ADDRESS
                if size > best[0]:
                    best = (size, [function] + path)
        self.active.pop()
        self.memo[function] = best
        return best

    def targets(self, function, callee):
        if callee is not INDIRECT:
            return [callee]
        if function not in self.side.indirect:
            fail(f"'{self.demangle(function.name)}' makes an indirect call that the Rex pass has not seen")
        return self.side.indirect[function]

    def callee(self, target):
        if isinstance(target, str):
            return KERNEL_CALL - RETURN_ADDRESS, []
        if target is self.panic_handler:
            # A panic's stack counts apart. In a panic the handler gets as far as rex_panic_begin().
            return (self.frame(target) + KERNEL_CALL, [target]) if self.active[0] is target else (0, [])
        if target in self.checked:
            return self.frame(target) + KERNEL_CALL, [target]
        return self.below(target)

    def frame(self, function):
        if function.stack is None:
            fail(f"no stack size is known for '{self.demangle(function.name)}': only code compiled by "
                 "rust/rexc can be in an extension")
        return function.stack

    def listing(self, path):
        return "\n".join(f"{self.frame(f):8}  {self.demangle(f.name)}{'  (checks the stack)' if f in self.checked else ''}"
                         for f in path)


def reachable(depths, roots):
    """Functions of a side, beyond checks too."""
    seen, todo = set(), list(roots)
    while todo:
        function = todo.pop()
        if function in seen:
            continue
        seen.add(function)
        for _, callee in function.calls:
            todo += [t for t in depths.targets(function, callee)
                     if not isinstance(t, str) and t is not depths.panic_handler]
    return seen


def deepest(depths, roots, limit):
    """Most bytes from the start of a side. Roots is a list of (what it is, Function)."""
    most = 0
    for what, root in roots:
        size, path = depths.below(root)
        size += RETURN_ADDRESS
        if size > limit:
            fail(f"{what} can use {size} bytes of stack; {limit} are there. "
                 f"The deepest path, with the bytes of each function:\n{depths.listing(path)}")
        most = max(most, size)
    return most


def most_slack(depths, roots):
    """Most bytes from a passed check to the next ones."""
    most = 0
    for function in depths.checked & reachable(depths, [root for _, root in roots]):
        size, path = depths.below(function)
        size -= function.stack
        if size > STACK_SLACK:
            fail(f"after its stack check, '{depths.demangle(function.name)}' can use {size} bytes of stack up to the "
                 f"next check; {STACK_SLACK} are there. The deepest path:\n{depths.listing(path)}")
        most = max(most, size)
    return most


def check(code, report, demangle):
    """Returns (worst depth of a program, worst slack below a passed check)."""
    sys.setrecursionlimit(10000)
    programs = [(f"program '{program['name']}'", code.by_name[program["entry"]]) for program in report.programs]
    panics = [("a panic", report.panic_handler)] if report.panic_handler else []

    def down_to(side, checked):
        return Depths(side, checked, report.panic_handler, demangle)

    # The panic's checks are in functions of which programs are sure to come back.
    depth = deepest(down_to(report.program_side, report.program_side.checked), programs, PROGRAM_STACK)
    deepest(down_to(report.panic_side, report.panic_side.checked), panics, PANIC_STACK)
    every = report.program_side.checked | report.panic_side.checked
    return depth, max(most_slack(down_to(report.program_side, every), programs),
                      most_slack(down_to(report.panic_side, every), panics))
