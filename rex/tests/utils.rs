// SPDX-License-Identifier: GPL-2.0
//! Structs in byte slices, byte order, return values.

mod kernel;

use rex::utils::{
    Result, convert_slice_to_struct, convert_slice_to_struct_mut, read_field, to_result, u16be,
};

#[derive(Clone, Copy, PartialEq, Debug)]
#[repr(C)]
struct Header {
    tag: u32,
    port: u16be,
    len: u16,
}

const PACKET: [u8; 10] = [0, 1, 0, 0, 0, 0x1f, 0x90, 2, 0, 9];

/// A slice that starts at an even and one that starts at an odd address.
fn with_both_alignments(check: impl Fn(&mut [u8])) {
    #[repr(align(8))]
    struct Aligned([u8; 12]);

    let mut memory = Aligned([0; 12]);
    for start in [0, 1] {
        memory.0[start..start + 9].copy_from_slice(&PACKET[1..]);
        check(&mut memory.0[start..start + 9]);
    }
}

#[test]
fn a_struct_is_read_at_any_alignment() {
    with_both_alignments(|slice| {
        let header = convert_slice_to_struct::<Header>(slice);
        assert_eq!(
            *header,
            Header {
                tag: 1,
                port: u16be::new(8080),
                len: 2
            }
        );
    });
}

#[test]
fn changes_reach_the_slice_at_any_alignment() {
    with_both_alignments(|slice| {
        let mut header = convert_slice_to_struct_mut::<Header>(slice);
        header.port = u16be::from(80);
        header.tag += 1;
        assert_eq!(header.tag, 2);
        drop(header);
        assert_eq!(slice, [2, 0, 0, 0, 0, 80, 2, 0, 9]);
    });
}

#[test]
#[should_panic(expected = "a slice of 7 bytes is too short for a struct of 8")]
fn a_short_slice_panics() {
    convert_slice_to_struct::<Header>(&PACKET[..7]);
}

#[test]
#[should_panic(expected = "a slice of 7 bytes is too short for a struct of 8")]
fn a_short_slice_panics_when_it_is_to_be_changed() {
    convert_slice_to_struct_mut::<Header>(&mut { PACKET }[..7]);
}

#[test]
fn a_field_is_read() {
    assert_eq!(read_field!(PACKET, 1, Header, port, u16be).get(), 8080);
    assert_eq!(read_field!(&PACKET[..9], 1, Header, len, u16), 2);
}

#[test]
#[should_panic(expected = "a slice of 1 bytes is too short for a struct of 2")]
fn a_field_past_the_end_panics() {
    read_field!(&PACKET[..8], 1, Header, len, u16);
}

#[test]
fn network_byte_order() {
    assert_eq!(
        (u16be::new(0x1234).get(), u16::from(u16be::from(7))),
        (0x1234, 7)
    );
    assert_eq!(
        format!(
            "{} {:?} {:5}",
            u16be::new(443),
            u16be::new(443),
            u16be::new(443)
        ),
        "443 443   443"
    );
}

#[test]
fn return_values() {
    let results: [Result; 3] = [
        to_result!(0_i64),
        to_result!((-2_i64) as u64),
        to_result!(5_u32),
    ];
    assert_eq!(results, [Ok(0), Err(-2), Ok(5)]);
}
