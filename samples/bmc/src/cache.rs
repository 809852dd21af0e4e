// SPDX-License-Identifier: GPL-2.0
//! The cache: an entry for each hash, which holds a value as memcached sends it.
//!
//! An entry is filled in two steps. A GET that misses leaves a *lease*, which names the GET;
//! the reply fills the entry if the lease is still there. Whatever happens in between to the
//! key takes the lease away: a write, or a later GET with a lease of its own.
//!
//! Keys whose value expires are not held, since memcached does not say when it does.

use core::sync::atomic::{AtomicU64, Ordering};

use rex::map::RexArrayMap;
use rex::rex_map;
use rex::spinlock::{bpf_spin_lock, rex_spinlock_guard};

use crate::protocol::Expiry;
use crate::settings::settings;
use crate::stats::{Count, count};

/// The most that memcached puts into one datagram, without the frame and `END`.
pub const BLOCK_MAX: usize = 1400 - 8 - 5;

/// How a block starts; the key follows, and a space.
const BLOCK_START: &[u8] = b"VALUE ";

#[derive(Clone, Copy)]
#[repr(C)]
struct Entry {
    lock: bpf_spin_lock,
    slot: Slot,
}

/// What the lock of an entry is for.
#[derive(Clone, Copy)]
#[repr(C)]
struct Slot {
    /// The block's length; 0 if there is none.
    len: u32,
    /// The hash of the block's key.
    hash: u64,
    /// What `FLUSHES` was when the block was asked for.
    flushes: u64,
    /// The GET whose reply fills the entry, or 0.
    lease: u64,
    lease_hash: u64,
    lease_flushes: u64,
    /// The hash of a key that isn't held, since its value expires; or 0, or `ALL_EXPIRING`.
    expiring: u64,
    // `BLOCK_MAX` as a number: rustc 1.96 can't describe a map's array by a constant's name.
    block: [u8; 1387],
}

const _: () = assert!(size_of::<[u8; BLOCK_MAX]>() == 1387);

/// Several keys of the entry are not held.
const ALL_EXPIRING: u64 = u64::MAX;

/// The loader says how many entries it has.
#[rex_map]
static CACHE: RexArrayMap<Entry> = RexArrayMap::new(1, 0);

/// Entries that were filled, or leased, at another number than this are void.
static FLUSHES: AtomicU64 = AtomicU64::new(0);

/// From then on nothing is held.
static CLOSED: AtomicU64 = AtomicU64::new(0);

/// A key, and where in the cache it belongs.
pub struct Key<'t> {
    bytes: &'t [u8],
    hash: u64,
}

impl<'t> Key<'t> {
    pub fn new(bytes: &'t [u8]) -> Self {
        // FNV-1a
        let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self {
            bytes,
            hash: u64::max(hash, 1),
        }
    }

    /// The number of the key's entry.
    pub fn place(&self) -> u32 {
        // The upper bits are the better ones.
        let hash = (self.hash >> 32) as u32 ^ self.hash as u32;
        (u64::from(hash) * u64::from(settings().entries) >> 32) as u32
    }

    /// Whether it is the block's.
    fn is_of(&self, block: &[u8]) -> bool {
        block
            .strip_prefix(BLOCK_START)
            .and_then(|rest| rest.strip_prefix(self.bytes))
            .is_some_and(|rest| rest.first() == Some(&b' '))
    }
}

impl Slot {
    fn holds(&self, key: &Key<'_>) -> Option<&[u8]> {
        let block = self.block.get(..self.len as usize)?;
        (self.len != 0
            && self.hash == key.hash
            && self.flushes == FLUSHES.load(Ordering::Acquire)
            && key.is_of(block))
        .then_some(block)
    }

    fn expires(&self, key: &Key<'_>) -> bool {
        self.expiring == ALL_EXPIRING || self.expiring == key.hash
    }

    fn note_expiry(&mut self, key: &Key<'_>, expiry: Expiry) {
        self.expiring = match (expiry, self.expiring) {
            (Expiry::Never, expiring) if expiring == key.hash => 0,
            (Expiry::Sometime, 0) => key.hash,
            (Expiry::Sometime, expiring) if expiring != key.hash => ALL_EXPIRING,
            (_, expiring) => expiring,
        };
    }

    fn forget(&mut self, key: &Key<'_>) {
        if self.hash == key.hash {
            self.len = 0;
        }
        if self.lease_hash == key.hash {
            self.lease = 0;
        }
    }
}

/// Does something with an entry while it is locked; `None` if the lock can't be had.
fn locked<T>(place: u32, work: impl FnOnce(&mut Slot) -> T) -> Option<T> {
    let Entry { lock, slot } = CACHE.get_mut(&place)?;
    let _guard = rex_spinlock_guard::try_new(lock).ok()?;
    Some(work(slot))
}

/// Copies the block of a key to the start of `room`. Gives its length, if there is one and
/// it fits.
pub fn copy(key: &Key<'_>, room: &mut [u8]) -> Option<usize> {
    locked(key.place(), |slot| {
        let block = slot.holds(key)?;
        room.get_mut(..block.len())?.copy_from_slice(block);
        Some(block.len())
    })?
}

/// Lets the reply to a GET fill the key's entry, unless it has the key already.
pub fn lease(key: &Key<'_>, lease: u64) {
    locked(key.place(), |slot| {
        if slot.holds(key).is_none() {
            slot.lease = lease;
            slot.lease_hash = key.hash;
            slot.lease_flushes = FLUSHES.load(Ordering::Acquire);
        }
    });
}

/// Fills the key's entry with the block of the reply that has the lease.
pub fn fill(key: &Key<'_>, lease: u64, block: &[u8]) {
    let filled = locked(key.place(), |slot| {
        if lease == 0 || slot.lease != lease || slot.lease_hash != key.hash {
            return false;
        }
        slot.lease = 0;
        if CLOSED.load(Ordering::Acquire) != 0 || slot.expires(key) {
            return false;
        }
        let Some(room) = slot.block.get_mut(..block.len()) else {
            return false;
        };
        room.copy_from_slice(block);
        slot.len = block.len() as u32;
        slot.hash = key.hash;
        slot.flushes = slot.lease_flushes;
        true
    });
    if filled == Some(true) {
        count(Count::Fills);
    }
}

/// Forgets a key, and the lease on it.
pub fn forget(key: &Key<'_>, expiry: Expiry) {
    let forgotten = locked(key.place(), |slot| {
        slot.note_expiry(key, expiry);
        slot.forget(key);
    });
    if forgotten.is_none() {
        forget_all();
    }
}

/// Forgets what an entry has, whatever key it is of.
pub fn forget_place(place: u32) {
    let forgotten = locked(place, |slot| {
        slot.len = 0;
        slot.lease = 0;
    });
    if forgotten.is_none() {
        forget_all();
    }
}

/// Forgets everything.
pub fn forget_all() {
    FLUSHES.fetch_add(1, Ordering::AcqRel);
    count(Count::Flushes);
}

/// Forgets everything, and holds nothing any more.
pub fn close() {
    CLOSED.store(1, Ordering::Release);
    forget_all();
}
