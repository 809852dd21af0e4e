// SPDX-License-Identifier: GPL-2.0
//! A program at each hook for tracing; each sends what its helpers say to user space.
#![no_std]
#![no_main]

use rex::helpers::TracingHelpers;
use rex::kprobe::kprobe;
use rex::linux::bpf::{BPF_F_USER_STACK, bpf_perf_event_value};
use rex::map::{
    PerfEventMaskedCPU, PerfEventStreamer, RexArrayMap, RexPerfEventArray, RexStackTrace,
};
use rex::perf_event::{bpf_perf_event_data, perf_event};
use rex::pt_regs::PtRegs;
use rex::tracepoint::{SyscallsEnterDupCtx, tracepoint};
use rex::{
    Result, rex_kprobe, rex_kretsyscall, rex_ksyscall, rex_map, rex_perf_event, rex_tracepoint,
    rex_tracepoint_context, rex_uprobe, rex_uretprobe,
};

/// The descriptor whose duplication counts.
const FD: u64 = 99;

const SIGUSR1: u32 = 10;

/// What the test reads; each program fills in what it has.
#[derive(Clone, Copy, Default)]
#[repr(C)]
struct Event {
    hook: u64,
    func_ip: u64,
    cookie: u64,
    kernel_stack: i64,
    user_stack: i64,
    stack: [u64; 2],
    value: u64,
    text: [u8; 32],
}

#[rex_map]
static EVENTS: RexPerfEventArray<Event> = RexPerfEventArray::new(0, 0);

/// So large that two stacks hardly ever get the same place, which is an error for the second.
#[rex_map]
static STACKS: RexStackTrace<u32, [u64; 64]> = RexStackTrace::new(32768, 0);

/// The process that is traced, and how many samples of it to send.
#[allow(non_upper_case_globals)]
#[rex_map]
static settings: RexArrayMap<u64> = RexArrayMap::new(2, 0);

fn is_target(obj: &TracingHelpers) -> bool {
    settings.get(&0) == Some(obj.bpf_get_current_pid_tgid() >> 32)
}

fn word(result: Result) -> i64 {
    result.unwrap_or_else(|error| error).into()
}

fn send<P: PerfEventStreamer>(obj: &P, ctx: &P::Context, event: &Event) -> Result {
    EVENTS.output(obj, ctx, event, PerfEventMaskedCPU::current_cpu())
}

/// What all probes have.
fn at_probe(hook: u64, obj: &kprobe, ctx: &PtRegs) -> core::result::Result<Event, i32> {
    let mut event = Event {
        hook,
        func_ip: obj.bpf_get_func_ip(ctx),
        cookie: obj.bpf_get_attach_cookie(ctx),
        kernel_stack: word(obj.bpf_get_stackid(ctx, &STACKS, 0)),
        user_stack: word(obj.bpf_get_stackid(ctx, &STACKS, BPF_F_USER_STACK.into())),
        ..Event::default()
    };
    obj.bpf_get_stack(ctx, &mut event.stack, 0)?;
    Ok(event)
}

#[rex_ksyscall(function = "dup")]
fn syscall_start(obj: &kprobe, ctx: &mut PtRegs) -> Result {
    let mut regs = [0_u64; 21];
    obj.bpf_probe_read_kernel(&mut regs, core::ptr::without_provenance(ctx.rdi() as usize))?;
    // rdi of user space is the 15th word of struct pt_regs.
    if !is_target(obj) || regs[14] != FD {
        return Ok(0);
    }
    let mut event = at_probe(1, obj, ctx)?;
    event.value = obj.bpf_get_current_cgroup_id();
    obj.bpf_snprintf(&mut event.text, "%ps", &[event.func_ip])?;
    send(obj, ctx, &event)
}

#[rex_kretsyscall(function = "dup")]
fn syscall_end(obj: &kprobe, ctx: &mut PtRegs) -> Result {
    if !is_target(obj) {
        return Ok(0);
    }
    let mut event = at_probe(2, obj, ctx)?;
    event.value = ctx.rax();
    send(obj, ctx, &event)
}

#[rex_uprobe]
fn function_start(obj: &kprobe, ctx: &mut PtRegs) -> Result {
    let mut event = at_probe(3, obj, ctx)?;
    let name = core::ptr::without_provenance(ctx.rdi() as usize);
    event.value = obj.bpf_probe_read_user_str(&mut event.text, name)? as u64;
    obj.bpf_get_stack(ctx, &mut event.stack, BPF_F_USER_STACK.into())?;
    send(obj, ctx, &event)
}

#[rex_uretprobe]
fn function_end(obj: &kprobe, ctx: &mut PtRegs) -> Result {
    let mut event = at_probe(4, obj, ctx)?;
    let mut word = 0_u64;
    obj.bpf_probe_read_user(&mut word, core::ptr::without_provenance(ctx.rax() as usize))?;
    event.value = word;
    send(obj, ctx, &event)
}

#[rex_tracepoint]
fn at_tracepoint(
    obj: &tracepoint<SyscallsEnterDupCtx>,
    ctx: &'static SyscallsEnterDupCtx,
) -> Result {
    if !is_target(obj) || ctx.fildes != FD {
        return Ok(0);
    }
    let mut event = Event {
        hook: 5,
        cookie: obj.bpf_get_attach_cookie(ctx),
        kernel_stack: word(obj.bpf_get_stackid(ctx, &STACKS, 0)),
        user_stack: word(obj.bpf_get_stackid(ctx, &STACKS, BPF_F_USER_STACK.into())),
        value: obj.bpf_get_current_ancestor_cgroup_id(0),
        ..Event::default()
    };
    obj.bpf_get_stack(ctx, &mut event.stack, BPF_F_USER_STACK.into())?;
    send(obj, ctx, &event)
}

#[rex_perf_event]
fn at_sample(obj: &perf_event, ctx: &bpf_perf_event_data) -> Result {
    let left = settings.get(&1).unwrap_or(0);
    if !is_target(obj) || left == 0 {
        return Ok(0);
    }
    settings.insert(&1, &(left - 1))?;
    let mut counter = bpf_perf_event_value::default();
    let mut event = Event {
        hook: 7,
        func_ip: ctx.regs().rip(),
        cookie: obj.bpf_get_attach_cookie(ctx),
        kernel_stack: word(obj.bpf_get_stackid_pe(ctx, &STACKS, 0)),
        user_stack: word(obj.bpf_get_stackid_pe(ctx, &STACKS, BPF_F_USER_STACK.into())),
        value: ctx.sample_period(),
        ..Event::default()
    };
    event.stack[0] = word(obj.bpf_perf_prog_read_value(ctx, &mut counter)).cast_unsigned();
    event.stack[1] = counter.counter;
    event.text[..8].copy_from_slice(&ctx.addr().to_ne_bytes());
    send(obj, ctx, &event)
}

#[rex_tracepoint_context("sched/sched_process_exec")]
struct Exec;

/// Any process that starts the file which the test starts.
#[rex_tracepoint]
fn on_exec(obj: &tracepoint<Exec>, ctx: &'static Exec) -> Result {
    let mut event = Event {
        hook: 6,
        cookie: obj.bpf_get_attach_cookie(ctx),
        value: u64::from(ctx.pid.cast_unsigned()),
        ..Event::default()
    };
    let file = ctx.filename(&mut event.text)?;
    if file != b"/bin/true" {
        return Ok(0);
    }
    send(obj, ctx, &event)
}

/// A signal to the process that made the call.
#[rex_kprobe(function = "__x64_sys_getpgid")]
fn signal(obj: &kprobe, _: &PtRegs) -> Result {
    if !is_target(obj) {
        return Ok(0);
    }
    obj.bpf_send_signal(SIGUSR1)
}

/// The same to the thread.
#[rex_kprobe(function = "__x64_sys_getsid")]
fn signal_thread(obj: &kprobe, _: &PtRegs) -> Result {
    if !is_target(obj) {
        return Ok(0);
    }
    obj.bpf_send_signal_thread(SIGUSR1)
}
