// SPDX-License-Identifier: GPL-2.0
//! Lines in the trace buffer.

mod kernel;

use std::fmt;

use rex::linux::errno::EINVAL;
use rex::rex_printk;

#[test]
fn a_line_is_formatted() {
    assert_eq!(
        rex_printk!("Rust triggered from PID {}{c}\n", 87, c = '.'),
        Ok(28)
    );
    assert_eq!(kernel::trace(), ["Rust triggered from PID 87.\n"]);
    assert_eq!(rex_printk!(""), Ok(0));
    assert_eq!(kernel::trace(), [""]);
}

#[test]
fn all_formats_of_core_work() {
    #[derive(Debug)]
    #[allow(dead_code)]
    struct Pair {
        key: u8,
        name: Option<&'static str>,
    }

    let (width, pair) = (
        6,
        Pair {
            key: 7,
            name: Some("a\tb"),
        },
    );
    let printed = rex_printk!(
        "{0:>8}|{0:<4}|{0:^+7}|{0:#06x}|{0:#b}|{0:o}|{1:X}|{2:*^w$}|{2:.2}|{3:?}|{4:e}|{5:?}",
        42,
        255_u8,
        "text",
        pair,
        1500,
        'é',
        w = width,
    );
    let line = "      42|42  |  +42  |0x002a|0b101010|52|FF|*text*|te|Pair { key: 7, name: Some(\"a\\tb\") }|1.5e3|'é'";
    assert_eq!(printed, Ok(line.len() as i32));
    assert_eq!(rex_printk!("{:#?}", [1, 2]), Ok(17));
    assert_eq!(kernel::trace(), [line, "[\n    1,\n    2,\n]"]);
}

#[test]
fn what_fits_is_not_cut() {
    let line = "x".repeat(511);
    assert_eq!(rex_printk!("{}", line), Ok(511));
    assert_eq!(kernel::trace(), [line]);
}

#[test]
fn what_does_not_fit_is_cut_and_marked() {
    assert_eq!(rex_printk!("{}{}", "x".repeat(511), "y"), Ok(511));
    assert_eq!(kernel::trace(), ["x".repeat(508) + "..."]);
}

#[test]
fn a_character_is_not_cut() {
    // 508 is in the middle of the 255th, which has two bytes.
    assert_eq!(rex_printk!("x{}", "é".repeat(300)), Ok(510));
    assert_eq!(kernel::trace(), [format!("x{}...", "é".repeat(253))]);
}

#[test]
fn nothing_is_formatted_after_the_cut() {
    struct Counted<'a>(&'a std::cell::Cell<u32>);

    impl fmt::Display for Counted<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.set(self.0.get() + 1);
            f.write_str(&"x".repeat(400))
        }
    }

    let count = std::cell::Cell::new(0);
    let counted = || Counted(&count);
    assert_eq!(
        rex_printk!("{}{}{}{}", counted(), counted(), counted(), counted()),
        Ok(511)
    );
    assert_eq!(count.get(), 2);
}

#[test]
fn a_display_that_fails_is_an_error() {
    struct Fails;

    impl fmt::Display for Fails {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            Err(fmt::Error)
        }
    }

    assert_eq!(rex_printk!("{}", Fails), Err(-(EINVAL as i32)));
    assert!(kernel::trace().is_empty());
}
