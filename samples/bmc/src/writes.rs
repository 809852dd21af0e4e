// SPDX-License-Identifier: GPL-2.0
//! Writes that memcached has not answered yet, by the connection that they came on.
//!
//! What such a write changes is forgotten once more when the answer goes out: until then a GET
//! can have filled in the old value. memcached answers in order, and so as many of the last
//! writes can be under way as there are answers to come. A connection that has one
//! write at a time, as most have, is settled by the next answer.

use rex::map::RexArrayMap;
use rex::rex_map;
use rex::spinlock::{bpf_spin_lock, rex_spinlock_guard};

use crate::cache::{self, Key};
use crate::packet::Flow;
use crate::protocol::{self, Write};
use crate::stats::{Count, count};

/// Connections with writes under way; two that meet in one place share it.
const CONNECTIONS: u32 = 1024;

/// Entries of the cache that are noted one by one.
const PLACES: usize = 16;

/// A connection that was silent for so long has no writes under way.
const SILENT_NS: u64 = 1_000_000_000;

#[derive(Clone, Copy)]
#[repr(C)]
struct Pending {
    lock: bpf_spin_lock,
    list: List,
}

/// What the lock is for.
#[derive(Clone, Copy)]
#[repr(C)]
struct List {
    /// Whose they are, if there are any.
    flow: Flow,
    /// When the connection's last one came.
    last_ns: u64,
    /// Answers to come.
    asked: u32,
    /// Answers to come until it is clear again what can have changed.
    unclear: u32,
    len: u32,
    // `PLACES` as a number: see `cache`.
    places: [u32; 16],
    _pad: u32,
}

#[rex_map]
static PENDING: RexArrayMap<Pending> = RexArrayMap::new(CONNECTIONS, 0);

impl List {
    fn is_empty(&self) -> bool {
        self.len == 0 && self.unclear == 0
    }

    fn clear(&mut self) {
        self.asked = 0;
        self.unclear = 0;
        self.len = 0;
    }

    fn take_for(&mut self, flow: &Flow, now_ns: u64) {
        if self.flow != *flow && now_ns.saturating_sub(self.last_ns) > SILENT_NS {
            self.clear();
        }
        if self.is_empty() {
            self.clear();
            self.flow = *flow;
        }
        if self.flow == *flow {
            self.last_ns = now_ns;
        } else {
            // Of both, from now on.
            self.note_unclear();
        }
    }

    fn note_unclear(&mut self) {
        self.unclear = u32::max(self.unclear, self.asked.saturating_add(1));
    }

    fn note(&mut self, place: u32, answered: bool) {
        self.places[self.len as usize % PLACES] = place;
        self.len = self.len.wrapping_add(1);
        self.asked = self.asked.saturating_add(answered.into());
        if self.asked as usize > PLACES {
            self.note_unclear();
        }
    }

    fn note_answers(&mut self, answers: u32) {
        self.asked = self.asked.saturating_sub(answers);
        self.unclear = self.unclear.saturating_sub(answers);
        if self.asked == 0 && self.unclear == 0 {
            self.clear();
        }
    }
}

fn locked<T>(flow: &Flow, work: impl FnOnce(&mut List) -> T) -> Option<T> {
    let Pending { lock, list } = PENDING.get_mut(&(flow.hash() % CONNECTIONS))?;
    let _guard = rex_spinlock_guard::try_new(lock).ok()?;
    Some(work(list))
}

/// Forgets what a client writes.
pub fn note(flow: &Flow, piece: &[u8], now_ns: u64) {
    protocol::for_each_write(piece, |write| match write {
        Write::Key {
            key,
            expiry,
            answered,
        } => {
            count(Count::Writes);
            let key = Key::new(key);
            // Noted first: whoever sees the answer sees the note.
            let noted = locked(flow, |list| {
                list.take_for(flow, now_ns);
                list.note(key.place(), answered);
            });
            cache::forget(&key, expiry);
            if noted.is_none() {
                cache::close();
            }
        }
        Write::All => note_all(flow, now_ns),
        Write::AllLater => cache::close(),
    });
}

/// Forgets everything, now and at the next answer.
pub fn note_all(flow: &Flow, now_ns: u64) {
    let noted = locked(flow, |list| {
        list.take_for(flow, now_ns);
        list.note_unclear();
    });
    match noted {
        Some(()) => cache::forget_all(),
        None => cache::close(),
    }
}

/// Forgets again what an answer of memcached's can be to.
pub fn settle(flow: &Flow, text: &[u8]) {
    let Some(Pending { list, .. }) = PENDING.get_mut(&(flow.hash() % CONNECTIONS)) else {
        return;
    };
    let answers = protocol::answers(text);
    if answers == 0 || list.is_empty() {
        return;
    }
    let list = locked(flow, |list| {
        let before = *list;
        list.note_answers(answers);
        before
    });
    let Some(list) = list else {
        return cache::close();
    };
    if list.unclear != 0 {
        cache::forget_all();
    } else if list.flow == *flow {
        let places = list.places.iter().take(list.len as usize);
        places.for_each(|place| cache::forget_place(*place));
    }
}
