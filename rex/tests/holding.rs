// SPDX-License-Identifier: GPL-2.0
//! What programs hold: locks, tasks, records of ring buffers.

mod kernel;

use std::fmt::Write;
use std::mem::forget;

use kernel::{LEDGER_SIZE, Record, held};
use rex::kprobe::kprobe;
use rex::linux::bpf::BPF_RB_FORCE_WAKEUP;
use rex::linux::errno::{EAGAIN, EDEADLK, EINVAL, ENOSPC, ETIMEDOUT};
use rex::map::{RexArrayMap, RexRingBuf};
use rex::pt_regs::PtRegs;
use rex::spinlock::{bpf_spin_lock, rex_spinlock_guard};
use rex::task_struct::OwnedTaskStruct;
use rex::utils::convert_slice_to_struct_mut;
use rex::{Result, rex_kprobe, rex_map};

#[derive(Clone, Copy)]
#[repr(C)]
struct Account {
    orders: u64,
    lock: bpf_spin_lock,
    total: u32,
}

fn error<T>(result: core::result::Result<T, i32>) -> u32 {
    result.err().map_or(0, i32::unsigned_abs)
}

#[rex_map]
static PROGRAMS: RexArrayMap<Account> = RexArrayMap::new(1, 0);

#[rex_kprobe]
fn order(obj: &kprobe, ctx: &mut PtRegs) -> Result {
    let account = obj.bpf_map_lookup_elem(&PROGRAMS, &0).ok_or(-1)?;
    let _guard = rex_spinlock_guard::new(&mut account.lock);
    account.orders += 1;
    account.total += ctx.rdi() as u32;
    if account.total > 100 {
        return Err(held() as i32);
    }
    Ok(account.total as i32)
}

#[test]
fn a_guard_leaves_the_rest_of_the_value_to_the_program() {
    bind_maps!("PROGRAMS.map");
    let mut regs = [0u64; 21];
    regs[14] = 40;
    let mut run = || (run!("order.entry", &mut regs), held());
    assert_eq!([run(), run(), run()], [(40, 0), (80, 0), (1, 0)]);
    assert_eq!(PROGRAMS.get(&0).unwrap().lock.val, 0);
}

#[rex_map]
static MANY: RexArrayMap<bpf_spin_lock> = RexArrayMap::new(LEDGER_SIZE as u32 + 1, 0);

fn lock(index: u32) -> &'static mut bpf_spin_lock {
    MANY.get_mut(&index).unwrap()
}

#[test]
fn locks_are_released_in_any_order() {
    bind_maps!("MANY.map");
    let first = rex_spinlock_guard::new(lock(0));
    let second = rex_spinlock_guard::new(lock(1));
    assert_eq!((held(), lock(0).val, lock(1).val), (2, 1, 1));
    drop(first);
    assert_eq!((held(), lock(0).val, lock(1).val), (1, 0, 1));
    drop(second);
    assert_eq!((held(), lock(1).val), (0, 0));
}

#[test]
fn what_can_not_be_locked_is_an_error() {
    bind_maps!("MANY.map");
    let try_lock = |index| error(rex_spinlock_guard::try_new(lock(index)));
    let guard = rex_spinlock_guard::new(lock(0));
    assert_eq!(try_lock(0), EDEADLK);
    drop(guard);
    assert_eq!(try_lock(0), 0);

    lock(1).val = 1;
    assert_eq!(try_lock(1), ETIMEDOUT);
    lock(1).val = 0;

    let mut variable = bpf_spin_lock::default();
    assert_eq!(error(rex_spinlock_guard::try_new(&mut variable)), EINVAL);

    // What is forgotten stays in the ledger, for the kernel.
    for index in 0..LEDGER_SIZE as u32 {
        forget(rex_spinlock_guard::new(lock(index)));
    }
    assert_eq!(
        (try_lock(LEDGER_SIZE as u32), held()),
        (ENOSPC, LEDGER_SIZE)
    );
}

#[test]
#[should_panic(
    expected = "can't take the lock: it is held by this program or one that it interrupted (-35)"
)]
fn a_lock_that_is_needed_and_can_not_be_had_is_a_panic() {
    bind_maps!("MANY.map");
    let _guard = rex_spinlock_guard::new(lock(0));
    let _again = rex_spinlock_guard::new(lock(0));
}

#[test]
fn a_task_is_held_until_it_is_dropped() {
    let mut memory = vec![0x0061_6161_6161_6161_u64; 2048];
    memory[kernel::TASK_REGS / 8 + 16] = 1234;
    kernel::set_task(42, memory.as_mut_ptr().cast());

    assert!(OwnedTaskStruct::from_pid(43).is_none());
    let task = OwnedTaskStruct::from_pid(42).unwrap();
    assert_eq!((task.get_utime(), held()), (0x0061_6161_6161_6161, 1));
    assert_eq!(task.get_comm().unwrap(), c"aaaaaaa");
    assert_eq!(task.get_pt_regs().rip(), 1234);
    let again = OwnedTaskStruct::from_pid(42).unwrap();
    assert_eq!(held(), 2);
    drop(task);
    assert_eq!((again.get_pid(), held()), (0x6161_6161, 1));
    drop(again);
    assert_eq!(held(), 0);
}

#[rex_map]
static RING: RexRingBuf = RexRingBuf::new(4096, 0);

#[test]
fn records_are_submitted_or_discarded() {
    bind_maps!("RING.map");
    let mut entry = RING.reserve(3).unwrap();
    assert_eq!((entry.len(), held()), (3, 1));
    entry.copy_from_slice(b"one");
    entry.submit(0);
    assert_eq!(held(), 0);
    RING.reserve(5).unwrap().discard(BPF_RB_FORCE_WAKEUP.into());
    drop(RING.reserve(6));
    forget(RING.reserve(0));
    assert_eq!(RING.output(b"two", BPF_RB_FORCE_WAKEUP.into()), Ok(0));
    let submitted = |text: &[u8], flags| Record::Submitted {
        bytes: text.to_vec(),
        flags,
    };
    assert_eq!(
        kernel::records(),
        [
            submitted(b"one", 0),
            Record::Discarded { flags: 2 },
            Record::Discarded { flags: 0 },
            Record::Reserved { size: 0 },
            submitted(b"two", 2),
        ]
    );
    assert_eq!(held(), 1);
}

#[test]
fn a_full_ring_buffer_has_no_record() {
    bind_maps!("RING.map");
    assert!(RING.reserve(4096).is_none());
    RING.reserve(4000).unwrap().submit(0);
    assert!(RING.reserve(100).is_none());
    let result = |size: usize, flags| error(RING.output(&vec![0; size], flags));
    assert_eq!(
        [result(100, 0), result(8, 4), result(8, 0)],
        [EAGAIN, EINVAL, 0]
    );
    assert_eq!(
        [
            RING.size(),
            RING.available_bytes(),
            RING.producer_position(),
            RING.consumer_position()
        ],
        [4096, 4024, 4024, 0]
    );
}

#[test]
fn a_record_takes_a_struct() {
    bind_maps!("RING.map");
    let mut entry = RING.reserve(16).unwrap();
    convert_slice_to_struct_mut::<[u64; 2]>(&mut entry)[1] = 7;
    assert_eq!((entry[7], &entry[8..]), (0xaa, &7u64.to_ne_bytes()[..]));
}

#[test]
fn a_record_takes_text() {
    bind_maps!("RING.map");
    let mut entry = RING.reserve(12).unwrap();
    assert_eq!(write!(entry, "{} and {}", 1, 2), Ok(()));
    assert_eq!(entry[..], *b"1 and 2\xaa\xaa\xaa\xaa\xaa");
    // A character is not cut.
    assert!(write!(entry, "..éé").is_err());
    assert_eq!(entry[..], *b"1 and 2..\xc3\xa9\xaa");
    assert!(write!(entry, "e").is_ok());
    assert!(write!(entry, "e").is_err());
    assert_eq!(entry[..], *b"1 and 2..\xc3\xa9e");
}
