// SPDX-License-Identifier: GPL-2.0
//! Network programs that say what they see in a map, `answers`, and do what another says, `wish`.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

mod endings;
mod fields;
mod helpers;
mod parse;

use rex::map::{RexArrayMap, RexCpuMap, RexDevMap, RexDevMapHash};
use rex::{Result, rex_map};

/// What a program found, in the order of the tests' lists.
#[allow(non_upper_case_globals)]
#[rex_map]
static answers: RexArrayMap<u64> = RexArrayMap::new(64, 0);

/// What a program is to do.
#[allow(non_upper_case_globals)]
#[rex_map]
static wish: RexArrayMap<u64> = RexArrayMap::new(8, 0);

/// Where packets are redirected to.
#[allow(non_upper_case_globals)]
#[rex_map]
static devices: RexDevMap = RexDevMap::new(4, 0);

#[allow(non_upper_case_globals)]
#[rex_map]
static devices_by_hash: RexDevMapHash = RexDevMapHash::new(4, 0);

#[allow(non_upper_case_globals)]
#[rex_map]
static cpus: RexCpuMap = RexCpuMap::new(2, 0);

fn answer(words: &[u64], from: u32) {
    for (i, word) in (from..).zip(words) {
        if let Some(place) = answers.get_mut(&i) {
            *place = *word;
        }
    }
}

fn wished(index: u32) -> u64 {
    wish.get(&index).unwrap_or(0)
}

/// A number in network byte order, from up to 8 bytes.
fn word(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .take(8)
        .fold(0, |word, byte| word << 8 | u64::from(*byte))
}

/// A result as a word: negative numbers are errors.
fn status(result: Result) -> u64 {
    i64::from(result.unwrap_or_else(|error| error)).cast_unsigned()
}
