// SPDX-License-Identifier: GPL-2.0
//! Plain data: types whose values can come from memory that others write.
//!
//! A map's value can be written by user space, a packet by the network. Such bytes
//! are a valid `T` only if every bit pattern is one: integers, floats, arrays and
//! structs of those are; `bool`, `char`, enums, `Option`, `NonZero`, references and
//! pointers are not, wherever they are inside `T`. The compiler decides, from the
//! layout of the type; there is nothing to derive but `Clone` and `Copy`.
//!
//! `bool` in a map does not compile; a `u8` compared with 0 does the same.

use core::mem::{Assume, TransmuteFrom};

/// Any alignment, since the crate takes care of it, and private fields too.
const LAYOUT_ONLY: Assume = Assume {
    alignment: true,
    lifetimes: false,
    safety: true,
    validity: false,
};

/// Plain data is at most this large: the compiler's answer takes time that grows with it.
const MAX_SIZE: usize = 64 * 1024;

/// A type without references and raw pointers.
///
/// Implemented by the compiler for all types that have none inside. The crate's own
/// objects (programs, contexts, tasks) hold one for this reason: bytes never become
/// one of them.
///
/// # Safety
///
/// The type has neither inside.
pub unsafe auto trait NoRef {}

impl<T: ?Sized> !NoRef for &T {}
impl<T: ?Sized> !NoRef for &mut T {}
impl<T: ?Sized> !NoRef for *const T {}
impl<T: ?Sized> !NoRef for *mut T {}

/// A type without a lock.
///
/// Implemented by the compiler for all types that have no [`bpf_spin_lock`] inside. The
/// kernel writes to a lock that is held until the program ends, also if the guard was
/// forgotten: bytes that can go earlier, such as a packet's, never become a lock.
///
/// [`bpf_spin_lock`]: crate::spinlock::bpf_spin_lock
///
/// # Safety
///
/// The type has none inside.
pub unsafe auto trait NoLock {}

/// A type for which any bytes are a valid value.
///
/// # Safety
///
/// Every bit pattern of the type's size is a valid value, and no code relies on more.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not plain data: not every bit pattern is a valid `{Self}`",
    label = "must be plain data: integers, floats, and arrays and `Copy` structs of those",
    note = "`bool`, `char`, enums, `Option`, `NonZero`, references and pointers are not plain data: use integers",
    note = "a struct of plain data needs `#[derive(Clone, Copy)]`; 64 KiB is the largest"
)]
pub unsafe trait PlainData: Copy + NoRef + 'static {}

// SAFETY: the compiler finds that any bytes, of which there are enough, make a valid
// `T`. It is told to ignore that private fields may have further rules; `Copy` and
// `NoRef` leave out those types of core and of this crate that have them.
#[diagnostic::do_not_recommend]
unsafe impl<T: Copy + NoRef + 'static> PlainData for T where
    T: TransmuteFrom<[u8; MAX_SIZE], LAYOUT_ONLY>
{
}

/// Plain data without padding: its value is all of its bytes.
///
/// Keys of maps are compared and hashed by their bytes, and a packet's bytes are all
/// meant. A byte of padding has no value: it would be whatever was there before.
/// A [lock](NoLock) is not part of a key or a packet.
///
/// # Safety
///
/// Every byte of every value is initialised.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not plain data without padding",
    label = "has bytes that belong to no field, or is not plain data",
    note = "give padding a field, such as `_pad: [u8; 3]` or `_pad: u32`, or order the fields by size",
    note = "`bool`, `char`, enums, `Option`, `NonZero`, references and pointers are not plain data: use integers",
    note = "a `bpf_spin_lock` works in the value of a map only"
)]
pub unsafe trait PlainBytes: PlainData + NoLock {}

/// Long enough to be compared with an array of `MAX_KEY`, whatever the size of `T`.
#[repr(C, packed)]
#[allow(dead_code, reason = "only its layout is used")]
struct Followed<T>(T, [u8; MAX_KEY]);

/// `BPF_MAX_KEY_SIZE` is not reached by far: keys of hash maps are on stacks.
const MAX_KEY: usize = 4096;

// SAFETY: the compiler finds that each byte of a `T`, followed by others, is a valid
// `u8`, which an uninitialised byte is not.
#[diagnostic::do_not_recommend]
unsafe impl<T: PlainData + NoLock> PlainBytes for T where
    [u8; MAX_KEY]: TransmuteFrom<Followed<T>, LAYOUT_ONLY>
{
}
