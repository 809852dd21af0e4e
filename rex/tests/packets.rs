// SPDX-License-Identifier: GPL-2.0
//! What is found in packets: headers behind VLAN tags, options and extension headers, and
//! nothing where they are cut short, at any length.

mod frames;
mod kernel;

use std::net::Ipv4Addr;

use frames::{MACS, PAYLOAD, TCP, UDP, ethernet, ipv4, ipv6, tcp, udp};
use rex::net::{IpVersion, Layers};

const HOP_BY_HOP: u8 = 0;
const ROUTING: u8 = 43;
const FRAGMENT: u8 = 44;
const AUTHENTICATION: u8 = 51;
const NOTHING: u8 = 59;
const DESTINATION: u8 = 60;

/// An extension header of 8 bytes and those of `more`.
fn extension(next: u8, len: u8, more: usize) -> Vec<u8> {
    let mut header = vec![next, len];
    header.resize(8 + more, 0xee);
    header
}

fn fragment_header(next: u8, offset_and_more: u16) -> Vec<u8> {
    let mut header = vec![next, 0];
    header.extend(offset_and_more.to_be_bytes());
    header.extend([0, 0, 0, 9]);
    header
}

fn layers(packet: &[u8]) -> Layers {
    Layers::of(packet).expect("an Ethernet header")
}

/// Where the headers are, and the payload.
fn check_udp(packet: &[u8], network: usize, transport: usize) {
    let layers = layers(packet);
    assert_eq!(
        (layers.network(), layers.transport()),
        (network, Some(transport))
    );
    assert_eq!(layers.protocol(), Some(UDP));
    assert_eq!(u16::from_be(layers.udp(packet).unwrap().dest), 53);
    assert_eq!(layers.payload(packet), Some(PAYLOAD));
    assert!(layers.tcp(packet).is_none() && layers.tcp_options(packet).is_none());
}

#[test]
fn a_plain_packet_has_all_its_headers() {
    let packet = ethernet(&[], 0x0800, &ipv4(&[], 0, UDP, &udp(PAYLOAD)));
    check_udp(&packet, 14, 34);
    let layers = layers(&packet);
    assert_eq!((layers.ethertype(), layers.vlan_tags()), (0x0800, 0));
    assert_eq!(layers.ip_version(), Some(IpVersion::V4));
    assert!(!layers.is_fragment() && layers.ipv6(&packet).is_none());
    assert_eq!(layers.ipv4_options(&packet), Some(&[][..]));
    let ip = layers.ipv4(&packet).unwrap();
    assert_eq!(
        (ip.source(), ip.destination()),
        (Ipv4Addr::new(10, 0, 0, 1), Ipv4Addr::new(10, 0, 0, 2))
    );
    assert_eq!(layers.ethernet(&packet).unwrap().h_dest, MACS[..6]);
}

#[test]
fn vlan_tags_are_counted_and_skipped() {
    let tags = [(0x88a8, 0x2064), (0x8100, 0xffff), (0x8100, 7)];
    for count in 0..=tags.len() {
        let packet = ethernet(&tags[..count], 0x86dd, &ipv6(UDP, &udp(PAYLOAD)));
        check_udp(&packet, 14 + 4 * count, 54 + 4 * count);
        let layers = layers(&packet);
        assert_eq!((layers.vlan_tags(), layers.ethertype()), (count, 0x86dd));
        for (index, (_, tag)) in tags.iter().enumerate() {
            let expected = (index < count).then_some(*tag);
            assert_eq!(layers.vlan(index, &packet), expected);
        }
        assert_eq!(layers.vlan(usize::MAX, &packet), None);
    }
}

#[test]
fn a_tag_that_nothing_follows_is_no_packet() {
    for len in 0..14 {
        assert_eq!(Layers::of(&MACS.repeat(2)[..len]), None);
    }
    let packet = ethernet(&[(0x8100, 1), (0x8100, 2)], 0x0800, &[]);
    for len in 14..packet.len() {
        assert_eq!(Layers::of(&packet[..len]), None, "{len} bytes");
    }
    assert!(Layers::of(&packet).is_some());
}

#[test]
fn options_of_ipv4_and_tcp_are_skipped_and_found() {
    for words in 0..=10 {
        let options: Vec<u8> = (1..=words * 4).collect();
        let packet = ethernet(&[], 0x0800, &ipv4(&options, 0, UDP, &udp(PAYLOAD)));
        check_udp(&packet, 14, 34 + options.len());
        assert_eq!(layers(&packet).ipv4_options(&packet), Some(&options[..]));

        let packet = ethernet(
            &[],
            0x0800,
            &ipv4(&options, 0, TCP, &tcp(&options, PAYLOAD)),
        );
        let layers = layers(&packet);
        assert_eq!(layers.tcp_options(&packet), Some(&options[..]));
        assert_eq!(layers.payload(&packet), Some(PAYLOAD));
        assert!(layers.udp(&packet).is_none());
    }
}

#[test]
fn malformed_ipv4_headers_are_none() {
    let good = ethernet(&[], 0x0800, &ipv4(&[1, 1, 1, 1], 0, UDP, &udp(PAYLOAD)));
    let none = |at: usize, byte: u8| {
        let mut packet = good.clone();
        packet[at] = byte;
        let layers = layers(&packet);
        assert_eq!((layers.ip_version(), layers.transport()), (None, None));
        assert!(layers.ipv4(&packet).is_none() && layers.payload(&packet).is_none());
    };
    // Of another version, shorter than a header, longer than the packet; a total less than the header.
    for first in [0x56, 0x44, 0x40, 0x4f] {
        none(14, first);
    }
    none(17, 23);
}

#[test]
fn lengths_in_headers_bound_the_payload() {
    let mut packet = ethernet(&[], 0x0800, &ipv4(&[], 0, UDP, &udp(PAYLOAD)));
    packet.extend([0; 11]);
    let payload = |packet: &[u8]| layers(packet).payload(packet).map(<[u8]>::to_vec);
    assert_eq!(payload(&packet).unwrap(), PAYLOAD, "with padding");
    // UDP's says less, or more than there is.
    packet[39] = 8 + 3;
    assert_eq!(payload(&packet).unwrap(), b"pay");
    packet[39] = 255;
    assert_eq!(payload(&packet).unwrap(), PAYLOAD);
    packet[39] = 7;
    assert_eq!(payload(&packet), None, "less than its header");

    let mut packet = ethernet(&[], 0x0800, &ipv4(&[], 0, TCP, &tcp(&[], PAYLOAD)));
    packet[46] = 15 << 4;
    assert_eq!(
        (payload(&packet), layers(&packet).tcp_options(&packet)),
        (None, None)
    );
    packet[46] = 4 << 4;
    assert_eq!(
        payload(&packet).unwrap(),
        PAYLOAD,
        "of a header that is none"
    );
    assert_eq!(layers(&packet).tcp_options(&packet), None);
}

#[test]
fn only_the_first_fragment_has_a_transport_header() {
    for (field, is_fragment, has_transport) in [
        (0x4000, false, true),
        (0x2000, true, true),
        (0x2001, true, false),
        (185, true, false),
    ] {
        let packet = ethernet(&[], 0x0800, &ipv4(&[], field, UDP, &udp(PAYLOAD)));
        let layers = layers(&packet);
        assert_eq!(layers.is_fragment(), is_fragment, "{field:#x}");
        assert_eq!(layers.transport().is_some(), has_transport, "{field:#x}");
        assert_eq!(layers.udp(&packet).is_some(), has_transport, "{field:#x}");
        assert_eq!(layers.protocol(), Some(UDP));
    }
    for (field, has_transport) in [(1, true), (0, true), (8, false), (0xfff9, false)] {
        let content = [fragment_header(UDP, field), udp(PAYLOAD)].concat();
        let packet = ethernet(&[], 0x86dd, &ipv6(FRAGMENT, &content));
        let layers = layers(&packet);
        assert_eq!(
            (
                layers.is_fragment(),
                layers.udp(&packet).is_some(),
                layers.protocol()
            ),
            (true, has_transport, Some(UDP)),
            "{field:#x}"
        );
    }
}

#[test]
fn extension_headers_are_skipped_in_any_order() {
    let chain = [
        extension(ROUTING, 1, 8),
        extension(AUTHENTICATION, 0, 0),
        extension(DESTINATION, 3, 12),
        extension(FRAGMENT, 0, 0),
        fragment_header(UDP, 1),
        udp(PAYLOAD),
    ];
    let packet = ethernet(&[], 0x86dd, &ipv6(HOP_BY_HOP, &chain.concat()));
    let len: usize = chain[..5].iter().map(Vec::len).sum();
    check_udp(&packet, 14, 54 + len);
    assert!(layers(&packet).is_fragment());
    assert!(layers(&packet).ipv6(&packet).is_some() && layers(&packet).ipv4(&packet).is_none());
}

#[test]
fn nothing_follows_what_says_so() {
    let packet = ethernet(&[], 0x86dd, &ipv6(NOTHING, PAYLOAD));
    let layers = layers(&packet);
    assert_eq!(
        (layers.protocol(), layers.transport()),
        (Some(NOTHING), None)
    );
    assert_eq!(layers.payload(&packet), None);
}

/// Packets that have everything.
fn rich_packets() -> [Vec<u8>; 3] {
    let chain = [
        extension(DESTINATION, 2, 16),
        extension(TCP, 0, 0),
        tcp(&[1; 12], PAYLOAD),
    ];
    let tags = [(0x88a8, 1), (0x8100, 2)];
    [
        ethernet(
            &tags,
            0x0800,
            &ipv4(&[1; 8], 0x2000, TCP, &tcp(&[1; 12], PAYLOAD)),
        ),
        ethernet(&tags, 0x86dd, &ipv6(HOP_BY_HOP, &chain.concat())),
        ethernet(&tags, 0x0800, &ipv4(&[1; 8], 0, UDP, &udp(PAYLOAD))),
    ]
}

/// Everything there is to ask; each slice has to be in the packet, which the language sees to.
fn ask_for_all(layers: &Layers, packet: &mut [u8]) -> Vec<bool> {
    let found = vec![
        layers.vlan(1, packet).is_some(),
        layers.ethernet(packet).is_some(),
        layers.ipv4(packet).is_some() || layers.ipv6(packet).is_some(),
        layers.ipv4_options(packet).is_some(),
        layers.tcp(packet).is_some() || layers.udp(packet).is_some(),
        layers.tcp_options(packet).is_some(),
        layers.payload(packet).is_some(),
    ];
    layers.swap_ends(packet);
    layers.finish_udp(packet);
    found
}

#[test]
fn packets_are_cut_short_at_every_length() {
    for whole in rich_packets() {
        let mut most = 0;
        for len in 0..=whole.len() {
            let mut packet = whole[..len].to_vec();
            let found = Layers::of(&packet).map(|layers| ask_for_all(&layers, &mut packet));
            let count = found
                .unwrap_or_default()
                .iter()
                .filter(|found| **found)
                .count();
            assert!(count >= most, "{len} bytes have less than {}", len - 1);
            most = count;
        }
        assert!(most >= 5, "all of it has {most}");
    }
}

#[test]
fn layers_of_another_packet_find_what_there_is_and_no_more() {
    for whole in rich_packets() {
        let layers = layers(&whole);
        for len in 0..whole.len() {
            ask_for_all(&layers, &mut whole[..len].to_vec());
            ask_for_all(&layers, &mut vec![0xff; len]);
        }
    }
}

#[test]
fn each_byte_can_have_any_value() {
    for whole in rich_packets() {
        for at in 0..whole.len() {
            for byte in 0..=u8::MAX {
                let mut packet = whole.clone();
                packet[at] = byte;
                if let Some(layers) = Layers::of(&packet) {
                    ask_for_all(&layers, &mut packet);
                }
            }
        }
    }
}
