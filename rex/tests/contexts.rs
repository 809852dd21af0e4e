// SPDX-License-Identifier: GPL-2.0
//! Contexts of tracepoints that come from the kernel's tables.

mod kernel;

use std::mem::offset_of;

use rex::linux::errno::EINVAL;
use rex::tracepoint::{TracepointContext, tracepoint};
use rex::{Result, rex_printk, rex_tracepoint, rex_tracepoint_context};

/// From one task to another.
#[rex_tracepoint_context("sched/sched_switch")]
pub struct Switch;

#[rex_tracepoint_context("sched/sched_process_exec")]
struct Exec;

#[rex_tracepoint_context("syscalls/sys_enter_openat")]
struct Openat;

#[test]
fn fields_are_where_the_kernel_has_them() {
    assert_eq!(Switch::SECTION, "tracepoint/sched/sched_switch");
    assert_eq!(
        (
            offset_of!(Switch, prev_comm),
            offset_of!(Switch, prev_state),
            offset_of!(Switch, next_prio),
            Switch::SIZE
        ),
        (8, 32, 60, 64)
    );
    assert_eq!(
        (
            offset_of!(Openat, syscall_nr),
            offset_of!(Openat, mode),
            Openat::SIZE
        ),
        (8, 40, 48)
    );
    // Less than the struct has, which ends aligned.
    assert_eq!((Exec::SIZE, offset_of!(Exec, old_pid)), (20, 16));
}

#[rex_tracepoint]
fn on_switch(_: &tracepoint<Switch>, ctx: &'static Switch) -> Result {
    rex_printk!(
        "{} {} {}",
        ctx.prev_pid,
        ctx.prev_state,
        str::from_utf8(&ctx.next_comm).unwrap()
    )
}

#[test]
fn a_field_has_its_name() {
    let mut record = [0_u64; 8];
    (record[3], record[4]) = (77, 0x1_0000_0001);
    record[5..7].fill(u64::from_ne_bytes(*b"abcdefgh"));
    assert!(run!("on_switch.entry", &mut record) > 0);
    assert_eq!(kernel::trace(), ["77 4294967297 abcdefghabcdefgh"]);
}

#[rex_tracepoint]
fn on_exec(_: &tracepoint<Exec>, ctx: &'static Exec) -> Result {
    let mut buf = [0xff; 6];
    let name = ctx.filename(&mut buf)?;
    rex_printk!("{} {}", ctx.pid, str::from_utf8(name).unwrap())
}

fn exec_record(location: u32, text: &[u8; 8]) -> [u64; 4] {
    [
        0,
        u64::from(location) | 5 << 32,
        0,
        u64::from_ne_bytes(*text),
    ]
}

#[test]
fn a_string_lies_behind_the_record() {
    assert!(
        run!(
            "on_exec.entry",
            &mut exec_record(4 << 16 | 24, b"/ab\0wxyz")
        ) > 0
    );
    assert!(
        run!(
            "on_exec.entry",
            &mut exec_record(8 << 16 | 24, b"/abcdef\0")
        ) > 0
    );
    assert!(run!("on_exec.entry", &mut exec_record(0, b"/abcdef\0")) > 0);
    assert_eq!(kernel::trace(), ["5 /ab", "5 /abcde", "5 "]);
}

#[test]
fn what_no_record_can_have_is_an_error() {
    for location in [u32::MAX, 8192 << 16 | 1, 1 << 16 | 8192] {
        let mut record = exec_record(location, b"/abcdef\0");
        assert_eq!(run!("on_exec.entry", &mut record), -(EINVAL as i32));
    }
}
