// SPDX-License-Identifier: GPL-2.0
//! memcached's text protocol, as far as a cache has to know it.
//!
//! Lines end with `\n`, before which a `\r` is left out, words are parted by any number of
//! spaces, and a NUL ends a line's text: so does memcached read them.

/// Longer ones are no keys.
const KEY_MAX: usize = 250;

/// In front of the text of a datagram: request id, number of the datagram, how many there are,
/// and a reserved field, 16 bits each.
pub const FRAME_LEN: usize = 8;

/// The first byte of a message of the binary protocol.
const BINARY: u8 = 0x80;

/// The request id and the text of a message that is one datagram.
pub fn datagram(payload: &[u8]) -> Option<(u16, &[u8])> {
    let (frame, text) = payload.split_at_checked(FRAME_LEN)?;
    (frame[2..6] == [0, 0, 0, 1]).then(|| (u16::from_be_bytes([frame[0], frame[1]]), text))
}

/// The keys of a message that is one GET, in the form that clients write it, and nothing else.
pub fn keys_of_get(text: &[u8]) -> Option<impl Iterator<Item = &[u8]> + Clone> {
    let line = text.strip_prefix(b"get ")?.strip_suffix(b"\r\n")?;
    let good = |key: &[u8]| !key.is_empty() && key.len() <= KEY_MAX;
    if line.iter().any(|byte| matches!(byte, b'\n' | 0)) || !words(line).all(good) {
        return None;
    }
    words(line).next()?;
    Some(words(line))
}

fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> + Clone {
    line.split(|byte| *byte == b' ')
        .filter(|word| !word.is_empty())
}

/// The keys in a reply to a GET, each with its block: its line and its data. None if it is
/// anything else, or has more than a reply to `get` has.
///
/// memcached can send the keys of a GET in datagrams of their own, with `END` in the last.
pub fn values(text: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let behind = Values { rest: text }.last().map(|(_, _, rest)| rest);
    let whole = matches!(behind, Some(b"" | b"END\r\n"));
    Values {
        rest: if whole { text } else { &[] },
    }
    .map(|(key, block, _)| (key, block))
}

/// Key, block, and what is behind.
struct Values<'t> {
    rest: &'t [u8],
}

impl<'t> Iterator for Values<'t> {
    type Item = (&'t [u8], &'t [u8], &'t [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let end = self.rest.iter().position(|byte| *byte == b'\r')?;
        let mut line = self.rest[..end].split(|byte| *byte == b' ');
        let (command, key, _flags) = (line.next()?, line.next()?, line.next()?);
        let data_len = number(line.next()?)?;
        let (block, rest) = self.rest.split_at_checked(end + 2 + data_len + 2)?;
        if command != b"VALUE" || line.next().is_some() || !block.ends_with(b"\r\n") {
            return None;
        }
        self.rest = rest;
        Some((key, block, rest))
    }
}

/// A number of up to 9 digits.
fn number(digits: &[u8]) -> Option<usize> {
    if digits.is_empty() || digits.len() > 9 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(
        digits
            .iter()
            .fold(0, |number, digit| number * 10 + usize::from(digit - b'0')),
    )
}

/// Whether what a key has after a write will expire.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    Never,
    /// At some time, or it isn't known.
    Sometime,
    /// As before.
    Same,
}

/// A change of what memcached holds.
pub enum Write<'t> {
    Key {
        key: &'t [u8],
        expiry: Expiry,
        /// Whether memcached answers.
        answered: bool,
    },
    /// Anything can have changed.
    All,
    /// Everything goes, at a time to come.
    AllLater,
}

/// Where a command has its time of expiry.
enum Time {
    None,
    /// A word by its place.
    At(usize),
    Unknown,
}

/// A command that writes, and where its words are.
struct Command {
    name: &'static [u8],
    key: usize,
    /// Whether what follows the key are keys, too.
    more_keys: bool,
    time: Time,
    /// The length of the data that follows the line.
    data_len: Option<usize>,
}

const fn command(name: &'static [u8], time: Time, data_len: Option<usize>) -> Command {
    Command {
        name,
        key: 1,
        more_keys: false,
        time,
        data_len,
    }
}

const fn get_and_touch(name: &'static [u8]) -> Command {
    Command {
        name,
        key: 2,
        more_keys: true,
        time: Time::At(1),
        data_len: None,
    }
}

const COMMANDS: [Command; 16] = [
    command(b"set", Time::At(3), Some(4)),
    command(b"add", Time::At(3), Some(4)),
    command(b"replace", Time::At(3), Some(4)),
    command(b"cas", Time::At(3), Some(4)),
    command(b"append", Time::None, Some(4)),
    command(b"prepend", Time::None, Some(4)),
    command(b"delete", Time::None, None),
    command(b"incr", Time::None, None),
    command(b"decr", Time::None, None),
    command(b"touch", Time::At(2), None),
    get_and_touch(b"gat"),
    get_and_touch(b"gats"),
    command(b"ms", Time::Unknown, Some(2)),
    command(b"md", Time::Unknown, None),
    command(b"ma", Time::Unknown, None),
    command(b"mg", Time::Unknown, None),
];
const FLUSH: &[u8] = b"flush_all";

/// Finds what can be a write in a piece of what a client sends.
///
/// Every line is looked at as if it were a command. That takes data for commands, which costs
/// an entry of the cache and is no mistake, and it needs to know nothing of
/// what came before. Where a line isn't complete and could be a write it is `All`.
pub fn for_each_write<'t>(piece: &'t [u8], mut found: impl FnMut(Write<'t>)) {
    if piece.first() == Some(&BINARY) {
        return found(Write::All);
    }
    let mut data_end = 0;
    let mut start = 0;
    let mut lines = piece.split(|byte| *byte == b'\n');
    let unfinished = lines.next_back().unwrap_or_default();
    for line in lines {
        let is_data = start < data_end;
        start += line.len() + 1;
        let data_len = writes_of(text_of(line), is_data, &mut found);
        if !is_data {
            data_end = start + data_len;
        }
    }
    if !unfinished.is_empty() && can_become_write(unfinished) {
        found(Write::All);
    }
}

fn text_of(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    line.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// Gives the length of the data that follows. What is data itself is not answered.
fn writes_of<'t>(line: &'t [u8], is_data: bool, found: &mut impl FnMut(Write<'t>)) -> usize {
    let word = |place| words(line).nth(place);
    let Some(name) = word(0) else {
        return 0;
    };
    if name == FLUSH {
        let now = word(1).is_none_or(|time| number(time) == Some(0));
        found(if now { Write::All } else { Write::AllLater });
        return 0;
    }
    let Some(command) = COMMANDS.iter().find(|command| command.name == name) else {
        return 0;
    };
    let expiry = match command.time {
        Time::None => Expiry::Same,
        Time::At(place) if word(place) == Some(b"0") => Expiry::Never,
        _ => Expiry::Sometime,
    };
    let answered = !is_data && words(line).last() != Some(b"noreply");
    let count = if command.more_keys { usize::MAX } else { 1 };
    for key in words(line).skip(command.key).take(count) {
        found(Write::Key {
            key,
            expiry,
            answered,
        });
    }
    command
        .data_len
        .and_then(word)
        .and_then(number)
        .unwrap_or(0)
}

/// Whether a line of which the end is missing can be a write.
fn can_become_write(start: &[u8]) -> bool {
    let start = start.trim_ascii_start();
    let mut names = COMMANDS.iter().map(|command| command.name).chain([FLUSH]);
    names.any(|name| {
        let same = start.len().min(name.len());
        start[..same] == name[..same] && start.get(name.len()).is_none_or(|byte| *byte == b' ')
    })
}

/// How many requests memcached answers with this; replies to GETs are not counted.
pub fn answers(text: &[u8]) -> u32 {
    if text.starts_with(b"VALUE ") || text.starts_with(b"END\r") {
        return 0;
    }
    text.iter().filter(|byte| **byte == b'\n').count() as u32
}
