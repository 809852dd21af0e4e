// SPDX-License-Identifier: GPL-2.0
//! Ring buffers.

use core::fmt;
use core::ops::{Deref, DerefMut};
use core::ptr::NonNull;

use super::RexRingBuf;
use crate::ffi::{self, ringbuf_record};
use crate::held::{Held, Resource};
use crate::linux::bpf::{BPF_RB_AVAIL_DATA, BPF_RB_CONS_POS, BPF_RB_PROD_POS, BPF_RB_RING_SIZE};
use crate::text::copy;
use crate::utils::{Result, to_result};

impl RexRingBuf {
    /// Reserves a record of `size` bytes, to be filled in place and submitted.
    ///
    /// User space gets records in the order in which they were reserved: until this one is
    /// submitted or discarded it sees none of those behind it.
    ///
    /// `None` if there is no room, or if the program holds as many things as it can, 128.
    pub fn reserve(&'static self, size: usize) -> Option<RexRingBufEntry> {
        // SAFETY: the kernel made the map, a ring buffer.
        let record = unsafe { ffi::rex_ringbuf_reserve(self.handle.map(), size as u64) };
        Some(RexRingBufEntry {
            // SAFETY: just reserved.
            record: NonNull::new(record).map(|record| unsafe { Held::new(record) })?,
            size,
            written: 0,
        })
    }

    /// Copies `data` into a record and submits it.
    ///
    /// `flags` are those of [`RexRingBufEntry::submit`].
    ///
    /// # Errors
    ///
    /// `-EAGAIN` if there is no room, `-EINVAL` for other flags.
    pub fn output(&'static self, data: &[u8], flags: u64) -> Result {
        let (start, size) = (data.as_ptr().cast(), data.len() as u64);
        // SAFETY: the kernel made the map, a ring buffer; `data` is live and has that size.
        to_result!(unsafe { ffi::bpf_ringbuf_output(self.handle.map(), start, size, flags) })
    }

    /// Bytes that user space has not consumed, with the 8 of each record's header.
    ///
    /// Like the positions it is a snapshot: others reserve and consume at any time.
    pub fn available_bytes(&'static self) -> u64 {
        self.query(BPF_RB_AVAIL_DATA)
    }

    /// The size of the ring buffer in bytes.
    pub fn size(&'static self) -> u64 {
        self.query(BPF_RB_RING_SIZE)
    }

    /// How many bytes user space has consumed since the ring buffer was made.
    pub fn consumer_position(&'static self) -> u64 {
        self.query(BPF_RB_CONS_POS)
    }

    /// How many bytes programs have reserved since the ring buffer was made.
    pub fn producer_position(&'static self) -> u64 {
        self.query(BPF_RB_PROD_POS)
    }

    fn query(&'static self, what: u32) -> u64 {
        // SAFETY: the kernel made the map, a ring buffer.
        unsafe { ffi::bpf_ringbuf_query(self.handle.map(), what.into()) }
    }
}

// SAFETY: rex_ringbuf_reserve() puts the record into the ledger.
unsafe impl Resource for ringbuf_record {
    unsafe fn release(this: NonNull<Self>) {
        // SAFETY: the caller says that the program holds it and doesn't use it any more.
        unsafe { ffi::rex_ringbuf_discard(this.as_ptr(), 0) };
    }
}

/// A record of a ring buffer that the program has reserved; discarded when it is dropped.
///
/// It derefs to its bytes, whose start is aligned to 8. They hold what older records left
/// there until the program writes them: one that does not write all of them clears
/// them first, with `entry.fill(0)`.
///
/// Text is written with [`write!`]: piece after piece from the start of the record. A
/// piece that doesn't fit is cut and an error. What was written otherwise makes no
/// difference to that.
///
/// ```ignore
/// let Some(mut entry) = EVENTS.reserve(size_of::<Event>()) else {
///     return Ok(0); // user space is behind: this event is lost
/// };
/// convert_slice_to_struct_mut::<Event>(&mut entry).pid = pid;
/// entry.submit(0);
/// ```
#[must_use = "a record that is dropped is discarded: call `submit`"]
pub struct RexRingBufEntry {
    record: Held<ringbuf_record>,
    size: usize,
    /// How far text was written.
    written: usize,
}

impl RexRingBufEntry {
    /// Hands the record to user space.
    ///
    /// User space is woken up if it has consumed all records before this one; with `flags`
    /// `BPF_RB_NO_WAKEUP` never, with `BPF_RB_FORCE_WAKEUP` in any case.
    pub fn submit(self, flags: u64) {
        // SAFETY: the program holds the record, and nobody has a reference to it any more.
        unsafe { ffi::rex_ringbuf_submit(self.record.into_ptr(), flags) };
    }

    /// Gives the record back: user space skips it.
    ///
    /// `flags` are those of [`submit`](Self::submit).
    pub fn discard(self, flags: u64) {
        // SAFETY: the program holds the record, and nobody has a reference to it any more.
        unsafe { ffi::rex_ringbuf_discard(self.record.into_ptr(), flags) };
    }
}

impl Deref for RexRingBufEntry {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: the record has that size and stays reserved while `self` is there; its
        // memory came zeroed from the kernel, and only this program writes it meanwhile.
        unsafe { core::slice::from_raw_parts(self.record.as_ptr().cast(), self.size) }
    }
}

impl DerefMut for RexRingBufEntry {
    fn deref_mut(&mut self) -> &mut [u8] {
        // SAFETY: as above; user space, which may map it, can only read it.
        unsafe { core::slice::from_raw_parts_mut(self.record.as_ptr().cast(), self.size) }
    }
}

impl fmt::Write for RexRingBufEntry {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let at = self.written;
        let room = self.get_mut(at..).unwrap_or_default();
        let (fits, rest) = text.split_at(text.floor_char_boundary(room.len()));
        self.written += copy(room, fits.as_bytes());
        if rest.is_empty() {
            Ok(())
        } else {
            Err(fmt::Error)
        }
    }
}
