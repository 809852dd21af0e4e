// SPDX-License-Identifier: GPL-2.0
//! At the leader: which followers have an operation.

use rex::map::RexArrayMap;
use rex::spinlock::{bpf_spin_lock, rex_spinlock_guard};
use rex::xdp::{XDP_DROP, XDP_PASS, xdp, xdp_md};
use rex::{Result, rex_map, rex_xdp};

use crate::config::{REPLICAS_MAX, config};
use crate::message::{PREPARE_OK, message_in};

const PASS: i32 = XDP_PASS as i32;

/// Operations that can be under way at a time.
const WINDOW: u32 = 1024;

#[derive(Clone, Copy)]
#[repr(C)]
struct Votes {
    lock: bpf_spin_lock,
    /// The followers that have the operation, a bit each.
    followers: u32,
    op: u64,
}

#[rex_map]
static VOTES: RexArrayMap<Votes> = RexArrayMap::new(WINDOW, 0);

#[rex_xdp]
fn quorum(_: &xdp, ctx: &mut xdp_md) -> Result {
    let (_, message) = message_in(&ctx.data_slice).ok_or(PASS)?;
    let replica = u32::from(message.replica);
    if message.kind != PREPARE_OK || replica >= REPLICAS_MAX {
        return Ok(PASS);
    }
    let tells = vote(message.op(), 1 << replica).ok_or(PASS)?;
    Ok(if tells { PASS } else { XDP_DROP as i32 })
}

/// Counts a vote. Whether it is news for the program: it decides the operation; or it has been
/// counted before, which says that the program has asked again.
fn vote(op: u64, follower: u32) -> Option<bool> {
    let index = (op % u64::from(WINDOW)) as u32;
    let votes = VOTES.get_mut(&index)?;
    let _guard = rex_spinlock_guard::try_new(&mut votes.lock).ok()?;
    if op < votes.op {
        return Some(false);
    }
    if op > votes.op {
        votes.op = op;
        votes.followers = 0;
    }
    let before = votes.followers;
    votes.followers |= follower;
    let (needed, now) = (config().quorum, votes.followers.count_ones());
    Some(now >= needed && (before.count_ones() < needed || before & follower != 0))
}
