#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
Locks: one program at a time holds one. A lock that can't be had is an error and no deadlock:
one that the program holds itself, or one that it interrupted; one that another CPU does not give back.
"""
import errno

from lib.exits import call, check_all_cpus_run_programs, in_children, no_exits, on_cpu
from lib.ledger import HOOK, PANIC, RELEASE, SYS_GETPRIORITY, Holder
from lib.places import USER
from lib.rex import Loaded, check, extension

TIMES = 5000
CROSSINGS = 20
LOCK_ERROR, INNER_ERROR = 3, 7  # in the map `got`


def on(cpu, count):
    def run():
        with on_cpu(cpu):
            call(SYS_GETPRIORITY, count)
    return run


# Two CPUs add to one number.
with Loaded(extension("ledger"), f"add@{HOOK}") as loaded:
    in_children(on(0, TIMES), on(1, TIMES))
    check(loaded.map("sum").get(0) == 2 * TIMES, f"added {loaded.map('sum').get(0)} times, expected {2 * TIMES}")
    check(loaded.exits("add") == no_exits(), loaded.exits("add"))

# The same lock twice; and once its holder is dead.
with Holder() as holder:
    holder.want(2, 0, 0, PANIC, same_lock=True)
    holder.run()
    check((holder.got()[0], holder.lock_error()) == (1, errno.EDEADLK), f"got {holder.got()[0]} of 2, error {holder.lock_error()}")
    holder.check_nothing_held()
    holder.want(1, 0, 0, RELEASE)
    holder.run()
    check((holder.got()[0], holder.lock_error()) == (1, 0), f"after the holder's panic: error {holder.lock_error()}")
    holder.check_nothing_held()

# The program that was interrupted holds it.
with Loaded(extension("ledger"), f"outer{USER.hook}", "inner") as loaded:
    USER.trigger()
    found = [loaded.map("got").get(what) for what in (LOCK_ERROR, INNER_ERROR)]
    check(found == [0, errno.EDEADLK], f"errors of the outer and the inner program: {found}")
    check(loaded.map("locks").get(0) == 0, "the lock is still taken")

# Two CPUs take two locks crosswise: one gives up or is ended, and both come back.
with Loaded(extension("ledger"), f"crosswise@{HOOK}") as loaded:
    in_children(on(0, CROSSINGS), on(1, CROSSINGS))
    ended = loaded.exits("crosswise")
    print(f"crosswise: {ended}")
    check([loaded.map("locks").get(lock) for lock in (0, 1)] == [0, 0], "locks are still taken")
    check(ended["faults"] == 0, ended)
check_all_cpus_run_programs()
