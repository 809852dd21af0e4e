# SPDX-License-Identifier: GPL-2.0
"""How deep the stack can get.

A path ends where a function that may recur checks the stack: beyond, the check
bounds it. Depths are bytes below a function's return address.
"""
import sys

from code import INDIRECT
from config import PANIC_STACK, PROGRAM_STACK, STACK_SLACK, fail

RETURN_ADDRESS = 8
KERNEL_CALL = 16        # return addresses of the call and of the thunk; then the kernel's own reserve begins
TRANSIENT = 16          # a retpoline, or a pair of push and pop around a constant


class Depths:
    """Depths of functions as one side of the object (programs, or panics) runs them."""

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
                bytes_, path = self.callee(target)
                # A tail call has given its frame back.
                bytes_ += 0 if is_jump else frame + RETURN_ADDRESS
                if bytes_ > best[0]:
                    best = (bytes_, [function] + path)
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
            return self.frame(target), [target]
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


def check(code, report, demangle):
    """Returns (worst depth of a program, worst slack below a passed check)."""
    sys.setrecursionlimit(10000)
    checked = report.program_side.checked | report.panic_side.checked
    worst = slack = 0

    def side(described, roots, limit, what):
        nonlocal slack
        deepest = 0
        depths = Depths(described, checked, report.panic_handler, demangle)
        for name, root in roots:
            bytes_, path = depths.below(root)
            bytes_ += RETURN_ADDRESS
            if bytes_ > limit:
                fail(f"{what.format(name)} can use {bytes_} bytes of stack; {limit} are there. "
                     f"The deepest path, with the bytes of each function:\n{depths.listing(path)}")
            deepest = max(deepest, bytes_)
        for function in checked & reachable(depths, [root for _, root in roots]):
            bytes_, path = depths.below(function)
            bytes_ -= function.stack
            if bytes_ > STACK_SLACK:
                fail(f"after its stack check, '{demangle(function.name)}' can use {bytes_} bytes of stack up to the "
                     f"next check; {STACK_SLACK} are there. The deepest path:\n{depths.listing(path)}")
            slack = max(slack, bytes_)
        return deepest

    entries = [(program["name"], code.by_name[program["entry"]]) for program in report.programs]
    worst = side(report.program_side, entries, PROGRAM_STACK, "program '{}'")
    if report.panic_handler:
        side(report.panic_side, [("", report.panic_handler)], PANIC_STACK, "a panic")
    return worst, slack
