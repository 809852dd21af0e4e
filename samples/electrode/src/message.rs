// SPDX-License-Identifier: GPL-2.0
//! What replicas say to each other. message.h has the same for the program in user space.

use rex::net::Layers;
use rex::utils::{AlignedMut, struct_at, struct_at_mut};
use rex::xdp::udphdr;

use crate::config::config;

/// "REPL"
const MAGIC: u32 = 0x5245_504c;

/// The leader has an operation for the followers' logs.
pub const PREPARE: u8 = 1;
/// A follower has it in its log.
pub const PREPARE_OK: u8 = 2;

/// A message's start; of a PREPARE, the operation's bytes follow. Its numbers are in network
/// byte order.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Message {
    magic: u32,
    pub kind: u8,
    /// Not 0: to be sent to all followers.
    pub broadcast: u8,
    /// Who sends it.
    pub replica: u8,
    _reserved: u8,
    view: u64,
    op: u64,
}

impl Message {
    /// The number of the operation; the first is 1.
    pub fn op(&self) -> u64 {
        u64::from_be(self.op)
    }

    fn is_good(&self) -> bool {
        u32::from_be(self.magic) == MAGIC && u64::from_be(self.view) == config().view
    }
}

/// Where the message of a packet is.
pub struct Place {
    pub layers: Layers,
    pub message: usize,
}

/// The message in a packet to the replicas' port, if it is of the view that we are in.
pub fn message_in(packet: &[u8]) -> Option<(Place, Message)> {
    let layers = Layers::of(packet)?;
    let udp = layers.udp(packet)?;
    if u16::from_be(udp.dest) != config().port as u16 || layers.is_fragment() {
        return None;
    }
    layers.ipv4(packet)?;
    let at = layers.transport()? + size_of::<udphdr>();
    let message = *struct_at::<Message>(packet, at)?;
    let place = Place {
        layers,
        message: at,
    };
    message.is_good().then_some((place, message))
}

impl Place {
    pub fn message_mut<'p>(&self, packet: &'p mut [u8]) -> Option<AlignedMut<'p, Message>> {
        struct_at_mut(packet, self.message)
    }
}
