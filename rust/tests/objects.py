# SPDX-License-Identifier: GPL-2.0
"""What objects contain, and how their programs run."""
import re
import struct
import subprocess

from contents import checked, disassembly, imports, map_types, note, polled, relocations
from workshop import LAYOUT, OPT_LEVELS, RELEASE, RUST, TOOLS, Elf, config, expect, test


@test
def builds_at_every_opt_level(shop):
    for opt in OPT_LEVELS:
        shop.build("hello", opt=opt)


@test
def code_without_recursion_has_no_checks(shop):
    in_programs = {name for name in checked(shop.build("hello")) if name.startswith("hello::")}
    expect(not in_programs, f"checks in {in_programs}")


@test
def each_cycle_is_checked(shop):
    for opt in OPT_LEVELS:
        found = checked(shop.build("recursion", opt=opt))
        for name in ("sum", "even", "odd"):
            expect(f"recursion::{name}" in found, f"no check in {name} at {opt}: {found}")
        expect("recursion::straight" not in found, f"a needless check at {opt}")


@test
def check_reads_the_frame_of_this_cpu(shop):
    lines = "\n".join(disassembly(shop.build("recursion"))["recursion::sum"])
    expect(re.search(r"movq\s+\S+\(%rip\), %(\w+).*\n.*REX_GOTPCRELX\s+rex_frame.*\n"
                     r".*movq\s+%gs:\(%\1\), %(\w+)\n.*cmpq\s+\(%\2\), %rsp\n.*jb\s", lines), lines)


@test
def indirect_calls_are_resolved_by_type(shop):
    elf = shop.build("dynamic")
    expect(checked(elf) & {"dynamic::double"} == set(), "a check in a function of another type")
    expect("<dynamic::Twice as dynamic::Shape>::area" in checked(elf), f"no check on the cycle: {checked(elf)}")


@test
def imports_are_those_each_program_reaches(shop):
    for opt in OPT_LEVELS:
        found = {name: {s for s in symbols if s.startswith("bpf_")}
                 for name, symbols in imports(shop.build("imports", opt=opt)).items()}
        expect(found == {"direct": {"bpf_get_smp_processor_id"}, "by_panic": {"bpf_ktime_get_ns"},
                         "by_pointer": {"bpf_get_current_pid_tgid"}, "nothing": set()}, f"{opt}: {found}")


@test
def note_says_what_it_was_built_for(shop):
    found = note(shop.build("recursion"))
    expect(shop.build("recursion").section(".note.rex").offset % 4 == 0, "not aligned")
    expect(found["abi"] == 1 and found["release"] == RELEASE and found["layout"] == LAYOUT, f"{found}")
    expect(0 < found["depth"] < 1024 and 0 < found["slack"] < 1024, f"{found}")


@test
def depth_counts_frames_and_return_addresses(shop):
    elf = shop.build("recursion")
    stack = {s.name: elf.stack_sizes()[s.value] for s in elf.symbols if s.value in elf.stack_sizes()}
    size = {name: next(n for symbol, n in stack.items() if f"{len(name)}{name}" in symbol)
            for name in ("straight", "sum", "even", "odd")}
    # The entry calls or is straight(), which calls sum() or even(), where the first checks are.
    least = 8 + size["straight"] + 8 + max(size["sum"], size["even"])
    depth = note(elf)["depth"]
    expect(least <= depth <= least + 64, f"depth {depth}, frames {size}")


@test
def no_run_is_deeper_than_computed(shop):
    for case, program, ctx in (("hello", "hello", 2), ("dynamic", "pointer", 3), ("imports", "by_pointer", 3)):
        for opt in OPT_LEVELS:
            elf = shop.build(case, opt=opt)
            _, ending, used = shop.run(elf, program, ctx)
            expect(ending.startswith("returned"), f"{program} at {opt}: {ending}")
            expect(used <= note(elf)["depth"], f"{program} at {opt}: used {used}, computed {note(elf)}")


@test
def overflow_ends_within_the_slack(shop):
    for opt in OPT_LEVELS:
        elf = shop.build("recursion", opt=opt)
        expect(shop.run(elf, "recursion", 10)[1] == "returned 56", f"wrong result at {opt}")
        _, ending, used = shop.run(elf, "recursion", 1000000)
        expect(ending == "overflowed 0", f"{opt}: {ending}")
        slack = note(elf)["slack"]
        expect(config.PROGRAM_STACK - 256 < used <= config.PROGRAM_STACK + slack, f"{opt}: used {used}, slack {slack}")


@test
def programs_that_never_end_are_ended(shop):
    for opt in OPT_LEVELS:
        elf = shop.build("endless", opt=opt)
        programs = imports(elf)
        expect(len(programs) == 11, f"LLVM has made one of two programs: {programs}")
        for program in programs:
            _, ending, _ = shop.run(elf, program, 2)
            expect(ending == "killed 0", f"{program} at {opt}: {ending}")


@test
def what_an_nmi_may_run_is_polled(shop):
    for opt in OPT_LEVELS:
        elf = shop.build("polls", opt=opt)
        found = {name for name in polled(elf) if name.startswith("polls::of_")}
        expect(found == {f"polls::of_{name}" for name in ("kprobe", "tracepoint", "perf_event", "both", "message")},
               f"{opt}: {found}")
        users = {name for name, symbols in imports(elf).items() if "rex_kill_landing" in symbols}
        expect(users == {"kprobe", "tracepoint", "perf_event", "xdp"}, f"{opt}: {users}")


@test
def objects_for_the_network_only_are_not_polled(shop):
    for opt in OPT_LEVELS:
        elf = shop.build("network", opt=opt)
        undefined = {s.name for s in elf.symbols if s.section == 0}
        expect("rex_panic" in undefined and "rex_kill_landing" not in undefined, f"{opt}: {undefined}")


@test
def short_loops_are_not_polled(shop):
    # Without optimisation, LLVM knows of no loop how often it runs.
    for opt in OPT_LEVELS[1:]:
        found = polled(shop.build("polls", opt=opt))
        for name in ("short", "short_nest", "leaf"):
            expect(f"polls::{name}" not in found, f"a needless poll in {name} at {opt}")
        for name in ("long", "long_nest", "with_call"):
            expect(f"polls::{name}" in found, f"no poll in {name} at {opt}")


@test
def polls_cost_what_the_readme_says(shop):
    def per_round(elf, program):
        few, many = (shop.count(elf, program, ctx) for ctx in (20, 120))
        return (many - few) / 100

    # "calls" polls in its loop, and in the function that it calls.
    for work, most in (("rounds", 2), ("bytes", 2), ("calls", 6)):
        for opt in OPT_LEVELS[1:]:
            elf = shop.build("cost", opt=opt)
            cost = per_round(elf, f"{work}_polled") - per_round(elf, f"{work}_bare")
            # Optimised for speed, a loop is unrolled: a poll is for several rounds.
            expect(0 < cost <= most and (cost == most or opt in "23"), f"{work} at {opt}: {cost} instructions")


@test
def what_was_not_written_is_zero(shop):
    for opt in OPT_LEVELS:
        for program in ("padding", "never_written", "in_each_round"):
            # Without optimisation, a loop's variable still has what the round before wrote.
            rounds = 1 if opt == "0" else 5
            _, ending, _ = shop.run(shop.build("padding", opt=opt), program, rounds)
            expect(ending == "returned 0", f"{program} at {opt}: {ending}")


@test
def types_of_maps_are_described(shop):
    elf = shop.build("map_types")
    expect(elf.section(".rex.types").offset % 4 == 0, "not aligned")
    found = map_types(elf)
    key = {"__0": (0, "u32"), "__1": (32, ["u16", 6])}

    def inner(count, pair):
        return {"letters": (0, ["u8", count]), "pair": (pair, {"__0": (0, "i8"), "__1": (16, "u16")})}

    value = {
        "inner": (0, inner(3, 32)),
        "many": (64, [[inner(1, 16), 2], 3]),
        "either": (384, {"whole": (0, "i64"), "halves": (0, ["u32", 2])}),
        "real": (448, "f64"),
        "timer": (512, {"opaque": (0, ["u64", 2])}),
        "type": (640, "u8"),
    }
    expect(found == {"VISITS": (key, value), "loop": ("u32", "i128")}, f"{found}")


@test
def without_debug_info_types_are_unknown(shop):
    expect(not map_types(shop.build("map_types", "-Cdebuginfo=0")), "there are some")


@test
def panics_bring_message_and_place(shop):
    for opt in OPT_LEVELS:
        elf = shop.build("hello", opt=opt)
        printed, ending, used = shop.run(elf, "hello", 7)
        expect(re.search(r"index out of bounds: the len is 4 but the index is 7 at .*hello.rs:\d+", printed), printed)
        expect(ending == "panicked 0", f"{opt}: {ending}")
        expect(used <= note(elf)["depth"] + config.PANIC_STACK, f"{opt}: used {used}, computed {note(elf)}")


@test
def panic_messages_are_bounded(shop):
    for opt in OPT_LEVELS:
        elf = shop.build("panics", opt=opt)
        expect(shop.run(elf, "twice", 1)[1] == "panicked twice 0", f"twice at {opt}")
        _, ending, used = shop.run(elf, "endless", 1)
        expect(ending == "overflowed 0", f"endless at {opt}: {ending}")
        limit = config.PROGRAM_STACK + config.STACK_SLACK + config.PANIC_STACK
        expect(limit < used <= limit + note(elf)["slack"], f"endless at {opt}: used {used}, limit {limit}")


@test
def symbols_are_sorted_and_readable(shop):
    elf = shop.build("hello")
    expect(elf.section(".rex.symbols").offset % 8 == 0, "not aligned")
    data = elf.data(elf.section(".rex.symbols"))
    count, size = struct.unpack_from("<II", data)
    expect(len(data) == 8 + 16 * count + size, "sizes don't add up")
    strings = data[8 + 16 * count:]
    entries = [struct.unpack_from("<QII", data, 8 + 16 * i) for i in range(count)]
    names = {strings[at:strings.index(b"\0", at)].decode(): (addr, length) for addr, length, at in entries}
    expect(entries == sorted(entries), "not sorted")
    text = elf.section(".text")
    expect(all(text.addr <= a and a + n <= text.addr + text.size for a, n in names.values()), "outside of the code")
    expect("core::fmt::write" in names and "__rustc::rust_begin_unwind" in names, f"{list(names)}")


@test
def segments_are_as_the_kernel_maps_them(shop):
    elf = shop.build("hello")
    header = struct.unpack_from("<16sHHIQQQIHHHHHH", elf.bytes)
    expect(header[1] == 3, "not ET_DYN")
    loads, relro = [], None
    for i in range(header[10]):
        kind, flags, offset, vaddr, _, _, size, _ = struct.unpack_from("<IIQQQQQQ", elf.bytes, header[5] + 56 * i)
        if kind == 1:
            loads.append((flags, vaddr, size))
            expect(vaddr % 4096 == 0 and offset % 4096 == 0, "a segment begins inside a page")
        elif kind == 0x6474e552:
            relro = (vaddr, vaddr + size)
    expect([flags for flags, _, _ in loads] == [4, 5, 6, 6], f"{loads}")
    for name in (".rex.progs", ".rex.imports", ".data.rel.ro", ".got"):
        section = elf.section(name)
        expect(relro[0] <= section.addr and section.addr + section.size <= relro[1], f"{name} stays writable")
    expect(relro[1] % 4096 == 0, "relro ends inside a page")


@test
def relocations_are_those_the_kernel_knows(shop):
    for case in ("hello", "recursion", "dynamic", "imports"):
        for opt in OPT_LEVELS:
            elf = shop.build(case, opt=opt)
            found = {kind for _, kind, _, _ in relocations(elf, ".rela.dyn")}
            expect(found <= {6, 8}, f"{case} at {opt}: .rela.dyn has {found}, expected GLOB_DAT, RELATIVE")
            calls = {r.type for r in elf.relocations(elf.section(".text"))
                     if r.symbol.section == 0 and r.symbol.name}
            expect(calls <= {4, 9, 41, 42}, f"{case} at {opt}: .rela.text has {calls}")


@test
def mitigations_are_everywhere(shop):
    for case in ("hello", "recursion", "dynamic", "imports"):
        for opt in OPT_LEVELS:
            elf = shop.build(case, opt=opt)
            functions = disassembly(elf)
            for name, lines in functions.items():
                for line in lines:
                    expect(not re.search(r"\tret|\t(call|jmp)q?\s+\*|notrack", line), f"{name} at {opt}: {line}")
            listing = {int(line.split(":")[0], 16): line for lines in functions.values() for line in lines
                       if re.match(r"\s*[0-9a-f]+:\s+\t", line)}
            text = elf.section(".text")
            for _, kind, _, target in relocations(elf, ".rela.dyn"):
                if kind == 8 and text.addr <= target < text.addr + text.size:
                    expect("endbr64" in listing[target], f"{case} at {opt}: no ENDBR where a pointer leads: {listing[target]}")


@test
def memory_functions_are_the_objects_own(shop):
    for opt in OPT_LEVELS:
        elf = shop.build("hello", opt=opt)
        wanted = {s.name for s in elf.symbols if s.section == 0}.union(*imports(elf).values())
        expect(not wanted & {"memcpy", "memmove", "memset", "memcmp", "bcmp", "strlen"}, f"{opt}: {wanted}")


@test
def debug_info_is_kept_and_sound(shop):
    elf = shop.build("hello")
    done = subprocess.run([f"{TOOLS['LLVM_BIN']}/llvm-dwarfdump", "--verify", elf.path], capture_output=True, text=True)
    expect(done.returncode == 0, done.stdout[-2000:])
    entry = next(s for s in elf.symbols if "5entry" in s.name)
    place = subprocess.run([f"{TOOLS['LLVM_BIN']}/llvm-symbolizer", f"--obj={elf.path}", hex(entry.value + 8)],
                           capture_output=True, text=True).stdout
    expect("hello.rs:" in place or "support.rs:" in place, place)


@test
def no_setting_turns_the_pass_off(shop):
    elf = shop.build("recursion", "-Clinker-plugin-lto=no", "-Clto=no", "-Cembed-bitcode=no", opt="3")
    expect("recursion::sum" in checked(elf), "no check")


@test
def builds_are_reproducible(shop):
    contents = []
    for _ in range(2):
        output, printed, linked = shop.rustc("hello")
        expect(linked, printed)
        contents.append(Elf(output).bytes)
    expect(contents[0] == contents[1], "two builds differ")


@test
def documentation_lists_the_table(shop):
    page = f"{config.TOP}/docs/kernel-symbols.md"
    with open(page) as file:
        before = file.read()
    copy = f"{shop.folder}/kernel-symbols.md"
    with open(copy, "w") as file:
        file.write(before)
    subprocess.run([TOOLS["PYTHON"], f"{RUST}/kernel/symbols.py", "docs",
                    f"{config.TOP}/linux/src/kernel/rex/symbols.def", copy], check=True)
    with open(copy) as file:
        expect(file.read() == before, f"{page} is older than the table: run 'make -C rust docs'")
