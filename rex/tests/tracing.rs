// SPDX-License-Identifier: GPL-2.0
//! Programs that trace: perf events, stack traces, memory, and what differs by type.

mod kernel;

use std::ffi::c_void;
use std::ptr::{from_mut, from_ref, null};

use kernel::{Call, calls, perf_records};
use rex::kprobe::kprobe;
use rex::linux::bpf::{BPF_F_CURRENT_CPU, BPF_F_USER_STACK, bpf_perf_event_value};
use rex::linux::errno::{E2BIG, EFAULT, ENOENT};
use rex::linux::perf_event::PERF_SAMPLE_ADDR;
use rex::map::{PerfEventMaskedCPU, RexPerfEventArray, RexStackTrace};
use rex::perf_event::{bpf_perf_event_data, perf_event};
use rex::pt_regs::PtRegs;
use rex::tracepoint::{SyscallsEnterDupCtx, tracepoint};
use rex::*;

#[derive(Clone, Copy)]
#[repr(C)]
struct Event {
    pid: u32,
    cpu: u32,
}

#[rex_map]
static STACKS: RexStackTrace<u32, [u64; 127]> = RexStackTrace::new(16, 0);

#[rex_map]
static EVENTS: RexPerfEventArray<Event> = RexPerfEventArray::new(0, 0);

fn call(helper: &'static str, context: *const c_void, flags: u64) -> Call {
    Call {
        helper,
        context,
        flags,
    }
}

#[rex_kprobe]
fn of_kprobe(obj: &kprobe, ctx: &mut PtRegs) -> Result {
    let event = Event { pid: 1, cpu: 2 };
    EVENTS.output(obj, ctx, &event, PerfEventMaskedCPU::current_cpu())?;
    let mut trace = [9; 4];
    let size = obj.bpf_get_stack(ctx, &mut trace, BPF_F_USER_STACK.into())?;
    assert_eq!((size, trace), (16, [1, 2, 0, 0]));
    assert_eq!(obj.bpf_get_func_ip(ctx), 0xffff_ffff_8100_0000);
    assert_eq!(obj.bpf_get_attach_cookie(ctx), 0x1234_5678_9abc);
    obj.bpf_get_stackid(ctx, &STACKS, 3)
}

#[test]
fn a_kprobe_has_its_own_variants() {
    bind_maps!("STACKS.map" "EVENTS.map");
    let mut regs = [0_u64; 21];
    let context = regs.as_ptr().cast();
    assert_eq!(run!("of_kprobe.entry", &mut regs), 5);
    assert_eq!(
        calls(),
        [
            call("bpf_perf_event_output", context, BPF_F_CURRENT_CPU),
            call("bpf_get_stack", context, BPF_F_USER_STACK.into()),
            call("bpf_get_func_ip_kprobe", context, 0),
            call("bpf_get_attach_cookie_trace", context, 0),
            call("bpf_get_stackid", context, 3),
        ]
    );
    assert_eq!(
        perf_records(),
        [(BPF_F_CURRENT_CPU, vec![1, 0, 0, 0, 2, 0, 0, 0])]
    );
}

#[rex_tracepoint]
fn of_tracepoint(
    obj: &tracepoint<SyscallsEnterDupCtx>,
    ctx: &'static SyscallsEnterDupCtx,
) -> Result {
    let event = Event { pid: 3, cpu: 4 };
    EVENTS.output(obj, ctx, &event, PerfEventMaskedCPU::any_cpu(1))?;
    let nowhere = EVENTS.output(obj, ctx, &event, PerfEventMaskedCPU::any_cpu(7));
    assert_eq!(nowhere, Err(-(ENOENT as i32)));
    assert_eq!(obj.bpf_get_stack(ctx, &mut [0; 1], 0), Ok(8));
    assert_eq!(obj.bpf_get_attach_cookie(ctx), 0x1234_5678_9abc);
    obj.bpf_get_stackid(ctx, &STACKS, 0)
}

#[test]
fn a_tracepoint_has_its_own_variants() {
    bind_maps!("STACKS.map" "EVENTS.map");
    let mut record = [0_u64; 3];
    let context = record.as_ptr().cast();
    assert_eq!(run!("of_tracepoint.entry", &mut record), 5);
    let seen = calls();
    assert!(seen.iter().all(|call| call.context == context));
    assert_eq!(
        seen.iter().map(|call| call.helper).collect::<Vec<_>>(),
        [
            "bpf_perf_event_output_tp",
            "bpf_perf_event_output_tp",
            "bpf_get_stack_tp",
            "bpf_get_attach_cookie_trace",
            "bpf_get_stackid_tp"
        ]
    );
    assert_eq!(perf_records(), [(1, vec![3, 0, 0, 0, 4, 0, 0, 0])]);
}

/// A sample whose every word of data is `word`, and the registers 0, 1, 2, ...
fn sample(word: u64) -> [*mut c_void; 3] {
    let regs = Box::leak(Box::new(std::array::from_fn::<u64, 21, _>(|i| i as u64)));
    let data = Box::leak(Box::new([word; 64]));
    [
        from_mut(regs).cast(),
        from_mut(data).cast(),
        from_ref(&STACKS).cast_mut().cast(),
    ]
}

#[rex_perf_event]
fn of_perf_event(obj: &perf_event, ctx: &bpf_perf_event_data) -> Result {
    let mut value = bpf_perf_event_value::default();
    obj.bpf_perf_prog_read_value(ctx, &mut value)?;
    assert_eq!((value.counter, value.enabled, value.running), (7, 8, 9));
    let event = Event { pid: 5, cpu: 6 };
    EVENTS.output(obj, ctx, &event, PerfEventMaskedCPU::current_cpu())?;
    assert_eq!(obj.bpf_get_stack(ctx, &mut [0; 2], 0), Ok(16));
    assert_eq!(obj.bpf_get_attach_cookie(ctx), 0x4321_8765_cba9);
    assert_eq!(obj.bpf_get_stackid_pe(ctx, &STACKS, 1), Ok(5));
    rex_printk!(
        "{} {} {}",
        ctx.sample_period(),
        ctx.addr(),
        ctx.regs().rip()
    )
}

#[test]
fn a_perf_event_has_its_own_variants() {
    bind_maps!("STACKS.map" "EVENTS.map");
    let with_address = u64::from(PERF_SAMPLE_ADDR) | 0x1000;
    let mut context = sample(with_address);
    let at = context.as_ptr().cast();
    assert!(run!("of_perf_event.entry", &mut context) > 0);
    assert_eq!(
        calls(),
        [
            call("bpf_perf_prog_read_value", at, 0),
            call("bpf_perf_event_output_tp", at, BPF_F_CURRENT_CPU),
            call("bpf_get_stack_pe", at, 0),
            call("bpf_get_attach_cookie_pe", at, 0),
            call("bpf_get_stackid_pe", at, 1),
        ]
    );
    assert!(run!("of_perf_event.entry", &mut sample(0x1000)) > 0);
    assert_eq!(
        kernel::trace(),
        [
            format!("{with_address} {with_address} 16"),
            "4096 0 16".to_owned()
        ]
    );
}

#[rex_uretprobe]
fn strings(obj: &kprobe, _: &PtRegs) -> Result {
    let text = c"a text of some length";
    let mut buf = [0xff; 8];
    let from = text.as_ptr().cast();
    assert_eq!(obj.bpf_probe_read_user_str(&mut buf, from), Ok(8));
    assert_eq!(&buf, b"a text \0");
    assert_eq!(
        obj.bpf_probe_read_kernel_str(&mut buf, c"ab".as_ptr().cast()),
        Ok(3)
    );
    assert_eq!(&buf, b"ab\0ext \0");
    assert_eq!(obj.bpf_probe_read_kernel_str(&mut [], from), Ok(0));
    let missing = obj.bpf_probe_read_user_str(&mut buf, null());
    assert_eq!((missing, buf), (Err(-(EFAULT as i32)), [0; 8]));

    let mut word = 0_u32;
    assert_eq!(
        obj.bpf_probe_read_user(&mut word, (&raw const from).cast()),
        Ok(0)
    );
    assert_eq!(word, from.addr() as u32);
    obj.bpf_probe_read_user(&mut word, null())
}

#[test]
fn memory_is_copied() {
    assert_eq!(run!("strings.entry", &mut [0_u64; 21]), -(EFAULT as i32));
}

#[rex_kretsyscall(function = "dup")]
fn formatted(obj: &kprobe, _: &PtRegs) -> Result {
    let mut buf = [1; 12];
    assert_eq!(obj.bpf_snprintf(&mut buf, "%d", &[7, 8]), Ok(7));
    assert_eq!(&buf[..7], b"%d 7 8\0");
    assert_eq!(obj.bpf_snprintf(&mut buf, "longer than it", &[]), Ok(15));
    assert_eq!(&buf, b"longer than\0");
    assert_eq!(obj.bpf_snprintf(&mut buf, &"x".repeat(255), &[]), Ok(256));
    obj.bpf_snprintf(&mut buf, &"x".repeat(256), &[])
}

#[test]
fn text_is_formatted_by_the_kernel() {
    assert_eq!(run!("formatted.entry", &mut [0_u64; 21]), -(E2BIG as i32));
}

#[rex_kretprobe]
fn asked(obj: &kprobe, _: &PtRegs) -> Result {
    Ok(obj.bpf_send_signal(1)?
        + obj.bpf_send_signal_thread(2)?
        + obj.bpf_get_current_ancestor_cgroup_id(3) as i32
        + obj.bpf_get_current_cgroup_id() as i32)
}

#[test]
fn arguments_arrive() {
    assert_eq!(run!("asked.entry", &mut [0_u64; 21]), 101 + 202 + 303 + 99);
}
