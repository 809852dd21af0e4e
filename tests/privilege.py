#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Loading takes what loading a kernel module takes, and BPF's capabilities; who lacks one is told which."""
import shutil
import subprocess

from lib.rex import REXLOAD, check, sample, skip

# Options of setpriv.
NOBODY = ("--reuid=65534", "--regid=65534", "--clear-groups")


def only(*capabilities):
    """As nobody, with these capabilities and no others."""
    keep = ",".join(("-all", *(f"+{capability}" for capability in capabilities)))
    return (*NOBODY, f"--inh-caps={keep}", f"--ambient-caps={keep}", f"--bounding-set={keep}")


# Who, how, and what loading says, or None where it works.
CASES = (
    ("nobody", NOBODY, "CAP_SYS_MODULE"),
    ("CAP_BPF alone", only("bpf"), "CAP_SYS_MODULE"),
    ("all of BPF, but not CAP_SYS_MODULE", only("bpf", "perfmon", "net_admin"), "loading native code needs CAP_SYS_MODULE"),
    ("CAP_SYS_MODULE, but not CAP_PERFMON", only("bpf", "sys_module"), "CAP_PERFMON"),
    ("root without CAP_SYS_MODULE", ("--inh-caps=-sys_module", "--bounding-set=-sys_module"),
     "loading native code needs CAP_SYS_MODULE"),
    ("all that it takes", only("bpf", "perfmon", "sys_module"), None),
)

if not shutil.which("setpriv"):
    skip("setpriv is not installed")
for who, options, says in CASES:
    done = subprocess.run(["setpriv", *options, REXLOAD, sample("map_test")], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    lines = [line for line in done.stderr.splitlines() if line.startswith("rex: object 'map_test': ")]
    if says is None:
        check(done.returncode == 0, f"{who}: should be able to load, but", done.stderr)
    else:
        check(done.returncode == 1, f"{who}: exit code {done.returncode}", done.stdout, done.stderr)
        check(len(lines) == 1 and says in lines[0], f"{who}: expected one line with '{says}':", done.stderr)
