// SPDX-License-Identifier: GPL-2.0
//! What is counted, by CPU. The loader has the names, in this order.

use rex::map::RexPerCPUArrayMap;
use rex::rex_map;

#[derive(Clone, Copy)]
pub enum Count {
    /// GETs over UDP that the cache can be asked for.
    Gets,
    /// Those that were answered.
    Hits,
    /// Those that were left to memcached.
    Misses,
    /// Values that were put into the cache.
    Fills,
    /// Writes that were seen coming in, by key.
    Writes,
    /// How often the whole cache was forgotten.
    Flushes,
    /// Hits that were left to memcached since the packet could not be made longer.
    NoRoom,
}

const COUNTS: u32 = Count::NoRoom as u32 + 1;

#[rex_map]
static STATS: RexPerCPUArrayMap<u64> = RexPerCPUArrayMap::new(COUNTS, 0);

pub fn count(what: Count) {
    if let Some(counter) = STATS.get_mut(&(what as u32)) {
        *counter = counter.wrapping_add(1);
    }
}
