// SPDX-License-Identifier: GPL-2.0
//! The bytes of a packet.

use core::marker::PhantomData;
use core::ops::{Deref, DerefMut};
use core::ptr::NonNull;

use crate::ffi::{self, sk_buff};
use crate::sched_cls::skb;

/// The bytes of a packet, which it derefs to.
///
/// A program has one, in its context's field `data_slice`, and uses it as a `&mut [u8]`.
/// It can't be copied, moved or replaced: a slice of it borrows the context, so what
/// changes the packet's bounds, which takes the context as `&mut`, can't be called until
/// the slice is not used any more. Behind that call `data_slice` is the new packet.
///
/// Of a packet that is in several pieces it is the first; the others are reached by
/// copying, or pulled into the first.
///
/// # Sharing
///
/// In tc programs others can share a packet's bytes: TCP keeps them until they are
/// acknowledged. Such a packet gets bytes of its own when `data_slice` is first used
/// mutably. If there is no memory for it, it is empty when used so.
///
/// `CAN_SHARE` says whether it is a tc program's.
///
/// # Invariants
///
/// `len` bytes from `start` are the packet's while the context is not borrowed mutably
/// by what changes it, and the program's alone but for `shared`.
pub struct Packet<'a, const CAN_SHARE: bool> {
    start: NonNull<u8>,
    len: usize,
    /// The packet, if others can have its bytes too.
    shared: Option<NonNull<sk_buff>>,
    _bytes: PhantomData<&'a mut [u8]>,
}

impl<const CAN_SHARE: bool> Packet<'_, CAN_SHARE> {
    /// # Safety
    ///
    /// The invariants hold.
    pub(crate) unsafe fn new(
        start: NonNull<u8>,
        len: usize,
        shared: Option<NonNull<sk_buff>>,
    ) -> Self {
        Self {
            start,
            len,
            shared,
            _bytes: PhantomData,
        }
    }

    /// Gives the packet bytes of its own; false if there is no memory for it.
    #[cold]
    fn unshare(&mut self, packet: NonNull<sk_buff>) -> bool {
        // SAFETY: the packet of this context, whose bytes nobody borrows.
        let done = unsafe { ffi::bpf_skb_pull_data(packet.as_ptr(), 0) } == 0;
        if done {
            // SAFETY: the same packet.
            let now = unsafe { skb::packet(packet) };
            (self.start, self.len) = (now.start, now.len);
            // The kernel says that the bytes can be written, though it may still be marked.
            self.shared = None;
        }
        done
    }
}

impl<const CAN_SHARE: bool> Deref for Packet<'_, CAN_SHARE> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: by the invariants. Who shares them does not write them.
        unsafe { core::slice::from_raw_parts(self.start.as_ptr(), self.len) }
    }
}

impl<const CAN_SHARE: bool> DerefMut for Packet<'_, CAN_SHARE> {
    fn deref_mut(&mut self) -> &mut [u8] {
        // An XDP program must not even hold the call, which the kernel would not let it make.
        if CAN_SHARE
            && let Some(packet) = self.shared
            && !self.unshare(packet)
        {
            return &mut [];
        }
        // SAFETY: by the invariants, and nobody shares them.
        unsafe { core::slice::from_raw_parts_mut(self.start.as_ptr(), self.len) }
    }
}
