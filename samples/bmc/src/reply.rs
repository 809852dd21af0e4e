// SPDX-License-Identifier: GPL-2.0
//! The reply to a GET, made of the request.

use rex::Result;
use rex::net::{IpVersion, Layers, iphdr, ipv6hdr, udphdr};
use rex::xdp::{XDP_TX, xdp, xdp_md};

use crate::PASS;
use crate::cache::{self, BLOCK_MAX, Key};
use crate::protocol::FRAME_LEN;
use crate::stats::{Count, count};

const END: &[u8] = b"END\r\n";
const TEXT_MAX: usize = BLOCK_MAX + END.len();

/// The text of a reply that is one datagram.
pub struct Reply {
    text: [u8; TEXT_MAX],
    len: usize,
}

impl Reply {
    pub fn new() -> Self {
        Self {
            text: [0; TEXT_MAX],
            len: 0,
        }
    }

    /// Adds what the cache has for a key; false if it has nothing, or if it doesn't fit.
    pub fn add(&mut self, key: &Key<'_>) -> bool {
        let Some(len) = cache::copy(key, &mut self.text[self.len..BLOCK_MAX]) else {
            return false;
        };
        self.len += len;
        true
    }

    /// Makes the request the reply, and has it sent.
    pub fn send(mut self, obj: &xdp, ctx: &mut xdp_md<'_>) -> Result {
        self.text[self.len..self.len + END.len()].copy_from_slice(END);
        let text = &self.text[..self.len + END.len()];

        let layers = Layers::of(&ctx.data_slice).ok_or(PASS)?;
        let udp_at = plain_udp(&layers).ok_or(PASS)?;
        let text_at = udp_at + size_of::<udphdr>() + FRAME_LEN;
        if !resize(obj, ctx, text_at, text_at + text.len()) {
            count(Count::NoRoom);
            return Ok(PASS);
        }
        let packet = &mut *ctx.data_slice;
        packet[text_at..].copy_from_slice(text);
        layers.swap_ends(packet).ok_or(PASS)?;
        layers.finish_udp(packet).ok_or(PASS)?;
        Ok(XDP_TX as i32)
    }
}

/// Where the UDP header is, if it follows an IP header without options.
fn plain_udp(layers: &Layers) -> Option<usize> {
    let ip_len = match layers.ip_version()? {
        IpVersion::V4 => size_of::<iphdr>(),
        IpVersion::V6 => size_of::<ipv6hdr>(),
    };
    layers
        .transport()
        .filter(|at| *at == layers.network() + ip_len)
}

/// Makes the packet `len` long and keeps its first `kept` bytes.
///
/// Behind the packet there can be little room, where a driver gives each a buffer of its own
/// size; then the room in front of it is used.
fn resize(obj: &xdp, ctx: &mut xdp_md<'_>, kept: usize, len: usize) -> bool {
    let more = len as i32 - ctx.data_length() as i32;
    if more == 0 || obj.bpf_xdp_adjust_tail(ctx, more).is_ok() {
        return true;
    }
    if more < 0 || obj.bpf_xdp_adjust_head(ctx, -more).is_err() {
        return false;
    }
    let more = more as usize;
    ctx.data_slice.copy_within(more..more + kept, 0);
    true
}
