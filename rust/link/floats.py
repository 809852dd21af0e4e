# SPDX-License-Identifier: GPL-2.0
"""No floating point: there is no FPU for programs, and emulating it hides what it costs."""
import re

from code import Function
from config import fail

# What the compiler calls in place of instructions of an FPU, such as __adddf3: the
# letters before an f say half, single, double or more.
EMULATION = re.compile(r"__[a-z]*[hsdt]f[a-z]*\d?")



def check(code, readable):
    """Programs may store and move floating point numbers; computing with them is an error."""
    for function in code.functions.values():
        for _, callee in function.calls:
            if isinstance(callee, Function) and EMULATION.fullmatch(callee.name) and not EMULATION.fullmatch(function.name):
                fail(f"'{readable[function.name]}' computes with floating point ({callee.name}): "
                     "use integers, scaled where fractions matter")
