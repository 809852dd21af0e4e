# SPDX-License-Identifier: GPL-2.0
"""QEMU's command line, and its end."""
import functools
import os
import re
import shutil
import signal
import socket
import sys
import threading

# Boot: the host's root over 9p. A panic ends the machine at once (panic=-1 with -no-reboot).
PARAMETERS = ("root=rexroot rootfstype=9p rootflags=trans=virtio,version=9p2000.L,cache=loose,msize=512000 ro "
              "console=ttyS0 panic=-1")


@functools.lru_cache
def accelerator():
    """kvm where guests really run with it: the device can exist on a machine where none does."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        if not re.search(r"^flags.*\b(vmx|svm)\b", file.read(), re.M):
            return "tcg"
    try:
        os.close(os.open("/dev/kvm", os.O_RDWR))
    except OSError:
        return "tcg"
    return "kvm"


def share(tag, path, mode):
    """A host folder that the guest can mount by its tag."""
    yield from ("-fsdev", f"local,id={tag},path={path},security_model=none,multidevs=remap{mode}")
    yield from ("-device", f"virtio-9p-pci,fsdev={tag},mount_tag={tag}")


def network_interfaces():
    """Two, joined by a wire: no network outside has to do with it. They cost the boot nothing, since only a
    test that wants them brings them up. QEMU inherits the ends of the wire: it has to be started with close_fds=False."""
    for number, end in enumerate(socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)):
        end.set_inheritable(True)
        yield from ("-netdev", f"socket,id=wire{number},fd={end.detach()}")
        yield from ("-device", f"virtio-net-pci,netdev=wire{number},romfile=")


def command(top, out, console, options):
    """The whole command line."""
    kernel = f"{top}/build/{options.kernel}"
    image = f"{kernel}/arch/x86/boot/bzImage"
    if not os.path.exists(image):
        sys.exit(f"vm: no kernel at {image}: run make {options.kernel}")
    binary = shutil.which("qemu-system-x86_64")
    if not binary:
        sys.exit("vm: no qemu-system-x86_64: run scripts/setup")
    init = f"{top}/build/vm/init"
    if not os.path.exists(init):
        sys.exit(f"vm: no {init}: run make")
    kvm = accelerator() == "kvm" and not options.count_instructions
    parameters = [PARAMETERS, f"init={init}", f"loglevel={options.log_level}"]
    if options.gdb:
        parameters.append("nokaslr")
    if not kvm:
        # The emulator can go on running old code where one CPU patches what another runs,
        # as the kernel does with sched_clock() at the end of its boot. So init brings
        # the other CPUs up, after that, and does not measure a delay loop for each.
        # The kernel gives up at boot if ten ticks don't come in time, which a busy machine can
        # cause: have it trust its timer.
        parameters += ["maxcpus=1", "lpj=2000000", "no_timer_check"]
    threads = "tcg,thread=single" if options.count_instructions else "tcg,thread=multi"
    # Ctrl-C is the guest's; with the monitor beside it, Ctrl-a x ends the machine.
    multiplexed = ",mux=on" if options.interactive else ""
    line = [
        binary, "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
        "-machine", "q35", "-accel", "kvm" if kvm else threads, "-cpu", "host" if kvm else "max",
        "-smp", str(options.cpus), "-m", options.memory, "-device", "virtio-rng-pci",
        "-chardev", f"stdio,id=console,signal=off,logfile={console}{multiplexed}", "-serial", "chardev:console",
        "-kernel", image, "-append", " ".join([*parameters, *options.append, "--", top]),
        *share("rexroot", "/", ",readonly=on"), *share("rexout", out, ""), *network_interfaces(),
    ]
    if options.count_instructions:
        line += ["-icount", "shift=0,sleep=off"]
    if options.interactive:
        line += ["-mon", "chardev=console"]
    if options.gdb:
        line += ["-gdb", f"tcp:127.0.0.1:{options.gdb}", "-S"]
    return line


class end_after:
    """Ends a process after some seconds, 0 for never."""

    def __init__(self, process, seconds):
        self._done = threading.Event()
        self._timer = threading.Timer(seconds, self._end, [process])
        self._timer.daemon = True
        if seconds:
            self._timer.start()

    def _end(self, process):
        self._done.set()
        process.send_signal(signal.SIGKILL)

    def ended_it(self):
        self._timer.cancel()
        return self._done.is_set()
