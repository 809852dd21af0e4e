// SPDX-License-Identifier: GPL-2.0
//! At a follower: operations go into the log, in their order.

use rex::map::{RexArrayMap, RexRingBuf};
use rex::spinlock::{bpf_spin_lock, rex_spinlock_guard};
use rex::xdp::{XDP_DROP, XDP_PASS, XDP_TX, xdp, xdp_md};
use rex::{Result, rex_map, rex_xdp};

use crate::config::config;
use crate::message::{Message, PREPARE, PREPARE_OK, Place, message_in};

const PASS: i32 = XDP_PASS as i32;

/// What the program in user space appends to its log: messages, from their header on.
#[rex_map]
static LOG: RexRingBuf = RexRingBuf::new(1 << 18, 0);

#[derive(Clone, Copy)]
#[repr(C)]
struct Progress {
    lock: bpf_spin_lock,
    /// The last operation that is in the log.
    last: u64,
}

#[rex_map]
static PROGRESS: RexArrayMap<Progress> = RexArrayMap::new(1, 0);

/// What to do with an operation.
enum Fate {
    /// It is in the log, or was before.
    Logged,
    /// There are others before it that are missing.
    TooEarly,
    /// The program is behind with its log: the leader will send it again.
    NoRoom,
}

#[rex_xdp]
fn acknowledge(obj: &xdp, ctx: &mut xdp_md) -> Result {
    let (place, message) = message_in(&ctx.data_slice).ok_or(PASS)?;
    if message.kind != PREPARE {
        return Ok(PASS);
    }
    let bytes = place.layers.payload(&ctx.data_slice).ok_or(PASS)?;
    match log(message.op(), bytes).ok_or(PASS)? {
        Fate::Logged => {}
        Fate::TooEarly => return Ok(PASS),
        Fate::NoRoom => return Ok(XDP_DROP as i32),
    }

    let len = place.message + size_of::<Message>();
    let more = len as i32 - ctx.data_length() as i32;
    obj.bpf_xdp_adjust_tail(ctx, more)?;
    turn_back(&mut ctx.data_slice, &place).ok_or(PASS)?;
    Ok(XDP_TX as i32)
}

/// The lock is held until the record is submitted: records are in the order of operations.
fn log(op: u64, bytes: &[u8]) -> Option<Fate> {
    let Progress { lock, last } = PROGRESS.get_mut(&0)?;
    let _guard = rex_spinlock_guard::try_new(lock).ok()?;
    if op <= *last {
        return Some(Fate::Logged);
    }
    if op != *last + 1 {
        return Some(Fate::TooEarly);
    }
    let Some(mut record) = LOG.reserve(bytes.len()) else {
        return Some(Fate::NoRoom);
    };
    record.copy_from_slice(bytes);
    record.submit(0);
    *last = op;
    Some(Fate::Logged)
}

/// Makes a PREPARE the PREPARE_OK.
fn turn_back(packet: &mut [u8], place: &Place) -> Option<()> {
    place.layers.swap_ends(packet)?;
    place.layers.finish_udp(packet)?;
    let mut message = place.message_mut(packet)?;
    message.kind = PREPARE_OK;
    message.replica = config().me as u8;
    Some(())
}
