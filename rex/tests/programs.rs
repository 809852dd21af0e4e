// SPDX-License-Identifier: GPL-2.0
//! Programs: their descriptors, contexts and helpers.

mod kernel;

use std::ffi::{CStr, c_void};
use std::mem::{offset_of, transmute};

use rex::abi::ProgDesc;
use rex::kprobe::kprobe;
use rex::linux::errno::EFAULT;
use rex::program::{Program, attribute};
use rex::pt_regs::PtRegs;
use rex::tracepoint::*;
use rex::{Result, rex_kprobe, rex_printk, rex_tracepoint, rex_uprobe};

extern "C" fn nothing(_: *mut c_void) -> u32 {
    0
}

/// Name, section, type, attach type and context size, as the kernel reads them.
fn describe<P: Program<A>, A>(target: &str) -> (String, String, u32, u32, u32) {
    let desc = ProgDesc::new::<P, A>("name", target, nothing);
    // SAFETY: the descriptor has no padding and no pointer but the last.
    let bytes: [u8; 216] = unsafe { transmute(desc) };
    let text = |at| {
        CStr::from_bytes_until_nul(&bytes[at..])
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned()
    };
    let word = |at: usize| u32::from_ne_bytes(bytes[at..at + 4].try_into().unwrap());
    assert_eq!(word(204), 0, "flags");
    assert_eq!(bytes[208..], (nothing as *const () as u64).to_ne_bytes());
    (text(0), text(64), word(192), word(196), word(200))
}

#[test]
fn descriptors() {
    let expected =
        |section: &str, kind, size| ("name".to_owned(), section.to_owned(), kind, 0, size);
    assert_eq!(
        describe::<kprobe, attribute::rex_kprobe>(""),
        expected("kprobe", 2, 0)
    );
    assert_eq!(
        describe::<kprobe, attribute::rex_kprobe>("f"),
        expected("kprobe/f", 2, 0)
    );
    assert_eq!(
        describe::<kprobe, attribute::rex_uprobe>("/bin/a:f"),
        expected("uprobe//bin/a:f", 2, 0)
    );
    assert_eq!(
        describe::<tracepoint<SyscallsEnterDupCtx>, attribute::rex_tracepoint>(""),
        expected("tracepoint/syscalls/sys_enter_dup", 5, 24)
    );
}

#[test]
fn contexts_have_the_offsets_of_the_format_files() {
    assert_eq!(
        (
            offset_of!(SyscallsEnterOpenCtx, syscall_nr),
            offset_of!(SyscallsEnterOpenCtx, mode)
        ),
        (8, 32)
    );
    assert_eq!(
        (
            offset_of!(SyscallsEnterOpenatCtx, dfd),
            offset_of!(SyscallsEnterOpenatCtx, mode)
        ),
        (16, 40)
    );
    assert_eq!(
        (
            offset_of!(SyscallsExitOpenCtx, ret),
            size_of::<SyscallsExitOpenatCtx>()
        ),
        (16, 24)
    );
    assert_eq!(
        (
            offset_of!(RawSyscallsEnterCtx, id),
            offset_of!(RawSyscallsEnterCtx, args)
        ),
        (8, 16)
    );
    assert_eq!(
        (
            offset_of!(RawSyscallsExitCtx, ret),
            size_of::<RawSyscallsEnterCtx>()
        ),
        (16, 64)
    );
}

#[rex_tracepoint]
fn sum(_: &tracepoint<RawSyscallsEnterCtx>, ctx: &'static RawSyscallsEnterCtx) -> Result {
    Ok((ctx.id as u64 + ctx.args.iter().sum::<u64>()) as i32)
}

#[test]
fn a_tracepoint_reads_its_record() {
    assert_eq!(
        run!("sum.entry", &mut [u64::MAX, 100, 1, 2, 3, 4, 5, 6]),
        121
    );
}

#[rex_kprobe(function = "commit_creds")]
const fn declined(_: &kprobe, _: &PtRegs) -> Result {
    Err(-13)
}

#[rex_uprobe]
pub(crate) fn override_it<'a>(
    obj: &'a kprobe,
    ctx: &'a mut PtRegs,
) -> core::result::Result<i32, i32> {
    let status = obj.bpf_override_return(ctx, 77);
    rex_printk!("{} {} {}", status, ctx.rax(), ctx.ss())
}

#[test]
fn probes_read_and_override_registers() {
    let mut regs: [u64; 21] = std::array::from_fn(|i| i as u64);
    assert_eq!(run!("declined.entry", &mut regs), -13);
    assert_eq!(run!("override_it.entry", &mut regs), 7);
    assert_eq!(kernel::trace(), ["0 77 20"]);
}

#[rex_kprobe]
fn ask(obj: &kprobe, _: &PtRegs) -> Result {
    let mut comm = [1; 8];
    obj.bpf_get_current_comm(&mut comm)?;
    let word = 0x1122_3344_u32;
    let (mut copy, mut failed) = (0, 1);
    obj.bpf_probe_read_kernel(&mut copy, (&raw const word).cast())?;
    let error = obj.bpf_probe_read_kernel::<u64>(&mut failed, core::ptr::null());
    assert_eq!((copy, failed, error), (word, 0, Err(-(EFAULT as i32))));
    rex_printk!(
        "{} {} {:?} {:x} {:x} {:?}",
        obj.bpf_get_smp_processor_id(),
        obj.bpf_get_numa_node_id(),
        [
            obj.bpf_ktime_get_ns(),
            obj.bpf_ktime_get_boot_ns(),
            obj.bpf_ktime_get_coarse_ns(),
            obj.bpf_jiffies64()
        ],
        obj.bpf_get_current_pid_tgid(),
        obj.bpf_get_current_uid_gid(),
        comm,
    )?;
    Ok(obj.bpf_get_prandom_u32() as i32)
}

#[test]
fn helpers_return_what_the_kernel_does() {
    assert_eq!(run!("ask.entry", &mut [0u64; 21]), 1005);
    assert_eq!(
        kernel::trace(),
        ["3 1 [1001, 1002, 1001, 1004] 700000008 100000002 [116, 101, 115, 116, 0, 0, 0, 0]"]
    );
}

#[rex_kprobe]
fn task(obj: &kprobe, _: &PtRegs) -> Result {
    let task = obj.bpf_get_current_task().ok_or(-3)?;
    let comm = task.get_comm().map_err(|_| -22)?;
    rex_printk!(
        "{} {} {} {:?} {}",
        task.get_pid(),
        task.get_tgid(),
        task.get_utime(),
        comm,
        task.get_pt_regs().rip()
    )
}

#[test]
fn a_task_reads_its_fields() {
    assert_eq!(run!("task.entry", &mut [0u64; 21]), -3);

    // A task whose every word is the letter a: whatever the layout, the fields show it.
    let mut memory = vec![0x0061_6161_6161_6161_u64; 2048];
    let regs = kernel::TASK_REGS / 8;
    memory[regs..regs + 21].copy_from_slice(&std::array::from_fn::<u64, 21, _>(|i| i as u64));
    kernel::set_current(memory.as_mut_ptr().cast());
    let printed = run!("task.entry", &mut [0u64; 21]);
    let line = kernel::trace().remove(0);
    assert_eq!(printed as usize, line.len());
    let words: Vec<&str> = line.split(' ').collect();
    assert_eq!(
        words[2..],
        ["27410143614427489", "\"aaaaaaa\"", "16"],
        "{line}"
    );
}
