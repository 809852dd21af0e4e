// SPDX-License-Identifier: GPL-2.0
//! Checksums: of bytes, of headers, and of packets that are made the answer to themselves.

mod frames;
mod kernel;

use frames::{MACS, PAYLOAD, UDP, ethernet, ipv4, ipv6, udp};
use rex::net::{Checksum, Layers, compute_ip_checksum, iphdr};
use rex::utils::convert_slice_to_struct;

/// RFC 1071, word by word.
fn checksum_by_hand(bytes: &[u8]) -> u16 {
    let sum: u64 = bytes
        .chunks(2)
        .map(|word| u64::from(word[0]) << 8 | word.get(1).map_or(0, |byte| u64::from(*byte)))
        .sum();
    let folded = (0..4).fold(sum, |sum, _| (sum & 0xffff) + (sum >> 16));
    !(folded as u16)
}

#[test]
fn checksums_are_those_of_the_rfc_at_every_length() {
    let bytes: Vec<u8> = (0..300_u32).map(|i| (i * 167 + 13) as u8).collect();
    for len in 0..=bytes.len() {
        let mut sum = Checksum::new();
        sum.add(&bytes[..len]);
        assert_eq!(
            u16::from_be(sum.finish()),
            checksum_by_hand(&bytes[..len]),
            "{len} bytes"
        );
    }
    let mut ones = Checksum::new();
    ones.add(&[0xff; 65535]);
    assert_eq!(
        u16::from_be(ones.finish()),
        checksum_by_hand(&[0xff; 65535])
    );
}

#[test]
fn a_checksum_comes_piece_by_piece() {
    let bytes: Vec<u8> = (0..64_u8).map(|i| i.wrapping_mul(5)).collect();
    for cut in (0..=64).step_by(2) {
        let mut sum = Checksum::new();
        sum.add(&bytes[..cut]);
        sum.add(&bytes[cut..]);
        assert_eq!(
            u16::from_be(sum.finish()),
            checksum_by_hand(&bytes),
            "{cut}"
        );
    }
}

#[test]
fn the_checksum_of_an_ip_header() {
    // One as it was on a wire, its sum included.
    let header = [
        0x45, 0, 0, 0x73, 0, 0, 0x40, 0, 0x40, 0x11, 0xb8, 0x61, 0xc0, 0xa8, 0, 1, 0xc0, 0xa8, 0,
        0xc7,
    ];
    let mut ip: iphdr = *convert_slice_to_struct(&header);
    assert_eq!(u16::from_be(compute_ip_checksum(&mut ip)), 0xb861);
}

#[test]
fn an_answer_has_right_checksums() {
    for (ethertype, content) in [
        (0x0800, ipv4(&[1; 4], 0, UDP, &udp(PAYLOAD))),
        (0x86dd, ipv6(UDP, &udp(PAYLOAD))),
    ] {
        let mut packet = ethernet(&[], ethertype, &content);
        packet.extend(b"!!");
        let layers = Layers::of(&packet).unwrap();
        layers.swap_ends(&mut packet).unwrap();
        layers.finish_udp(&mut packet).unwrap();
        assert_eq!(
            layers.payload(&packet),
            Some(PAYLOAD),
            "what IP said before"
        );

        let layers = Layers::of(&packet).unwrap();
        assert_eq!(layers.payload(&packet), Some(&b"payload!!"[..]));
        assert_eq!(u16::from_be(layers.udp(&packet).unwrap().source), 53);
        assert_eq!(packet[..6], MACS[6..]);
        let (network, transport) = (layers.network(), layers.transport().unwrap());
        if ethertype == 0x0800 {
            assert_eq!(checksum_by_hand(&packet[network..transport]), 0);
        } else {
            let mut summed = packet[network + 8..network + 40].to_vec();
            summed.extend(((packet.len() - transport) as u32).to_be_bytes());
            summed.extend(u32::from(UDP).to_be_bytes());
            summed.extend(&packet[transport..]);
            assert_eq!(checksum_by_hand(&summed), 0);
        }
    }
}
