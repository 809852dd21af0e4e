// SPDX-License-Identifier: GPL-2.0
//! What the program in user space has read from its file.

use rex::map::RexArrayMap;
use rex::rex_map;

/// The replicas there can be.
pub const REPLICAS_MAX: u32 = 8;

#[derive(Clone, Copy, Default)]
#[repr(C)]
pub struct Config {
    /// The number of the leader's term.
    pub view: u64,
    pub port: u32,
    /// Which of the replicas this is.
    pub me: u32,
    /// How many replicas there are.
    pub replicas: u32,
    /// How many followers have to have an operation.
    pub quorum: u32,
}

/// A follower, and how to reach it.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Peer {
    pub ifindex: u32,
    /// In network byte order.
    pub address: u32,
    /// What an Ethernet frame to it starts with: its address, and that of the interface here.
    pub ethernet: [u8; 12],
}

#[rex_map]
static CONFIG: RexArrayMap<Config> = RexArrayMap::new(1, 0);

/// The followers, from 0 on; at the leader.
#[rex_map]
static PEERS: RexArrayMap<Peer> = RexArrayMap::new(REPLICAS_MAX, 0);

pub fn config() -> Config {
    CONFIG.get(&0).unwrap_or_default()
}

pub fn peer(number: u32) -> Option<Peer> {
    PEERS.get(&number).filter(|peer| peer.ifindex != 0)
}
