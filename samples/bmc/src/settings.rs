// SPDX-License-Identifier: GPL-2.0
//! What the loader has decided.

use rex::map::RexArrayMap;
use rex::rex_map;

/// Set by the loader before it attaches the programs.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Settings {
    /// memcached's port.
    pub port: u32,
    /// How many entries the cache has.
    pub entries: u32,
}

#[rex_map]
static SETTINGS: RexArrayMap<Settings> = RexArrayMap::new(1, 0);

pub fn settings() -> Settings {
    let none = Settings {
        port: 0,
        entries: 0,
    };
    SETTINGS.get(&0).unwrap_or(none)
}
