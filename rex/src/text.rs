// SPDX-License-Identifier: GPL-2.0
//! Text of bounded length, on the stack.

use core::fmt;

/// What a text ends with that was cut.
const MARK: &[u8] = b"...";

/// A text of less than `N` bytes with a NUL behind it: what doesn't fit is cut at a
/// character and marked.
///
/// # Invariants
///
/// `len < N`, and the byte at `len` is 0.
pub struct Text<const N: usize> {
    bytes: [u8; N],
    len: usize,
    cut: bool,
}

impl<const N: usize> Text<N> {
    /// An empty text.
    pub const fn new() -> Self {
        const { assert!(N > MARK.len(), "no room for the mark") };
        Self {
            bytes: [0; N],
            len: 0,
            cut: false,
        }
    }

    /// Adds formatted text; fails only where a `Display` or its like does.
    ///
    /// In place, since a copy would take as much stack again.
    pub fn format(&mut self, arguments: fmt::Arguments<'_>) -> fmt::Result {
        match fmt::write(self, arguments) {
            Err(fmt::Error) if !self.cut => Err(fmt::Error),
            // Cutting ends the formatting with an error, which is none.
            _ => Ok(()),
        }
    }

    /// The text without its NUL.
    #[cfg(target_os = "none")]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// The text with its NUL.
    pub fn as_bytes_with_nul(&self) -> &[u8] {
        self.bytes.get(..=self.len).unwrap_or_default()
    }

    /// Makes room for the mark and writes it.
    fn mark(&mut self) {
        self.cut = true;
        let end = floor_char_boundary(&self.bytes, self.len.min(N - 1 - MARK.len()));
        let (_, tail) = self.bytes.split_at_mut(end);
        tail.fill(0);
        copy(tail, MARK);
        self.len = end + MARK.len();
    }
}

impl<const N: usize> fmt::Write for Text<N> {
    /// Fails when the text is full, so that formatting ends.
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.cut {
            return Err(fmt::Error);
        }
        let room = self.bytes.get_mut(self.len..N - 1).unwrap_or_default();
        let fits = copy(room, text.as_bytes());
        self.len += fits;
        if fits < text.len() {
            self.mark();
            return Err(fmt::Error);
        }
        Ok(())
    }
}

/// Copies what fits, and says how much that was.
pub fn copy(to: &mut [u8], from: &[u8]) -> usize {
    let len = to.len().min(from.len());
    for (to, from) in to.iter_mut().zip(from) {
        *to = *from;
    }
    len
}

/// The last place up to `at` where a character of UTF-8 starts.
fn floor_char_boundary(bytes: &[u8], mut at: usize) -> usize {
    let continues = |at: usize| bytes.get(at).is_some_and(|byte| byte & 0xc0 == 0x80);
    while at > 0 && continues(at) {
        at -= 1;
    }
    at
}
