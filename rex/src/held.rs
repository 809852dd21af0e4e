// SPDX-License-Identifier: GPL-2.0
//! What a program acquires from the kernel and gives back.

use core::marker::PhantomData;
use core::mem::ManuallyDrop;
use core::ptr::NonNull;

use crate::utils::OneInvocation;

/// A thing of the kernel's that a program can hold.
///
/// # Safety
///
/// The kernel records in the program's ledger that it holds the thing, and gives it back
/// itself when the program ends.
pub(crate) unsafe trait Resource {
    /// Gives it back.
    ///
    /// # Safety
    ///
    /// The running program holds it, and doesn't use it any more.
    unsafe fn release(this: NonNull<Self>);
}

/// A `T` that the program holds until this is dropped.
///
/// Where it isn't dropped, because it is forgotten or the program panics or is ended,
/// the kernel gives the thing back when the program ends. In either case that is before
/// another invocation starts, to which none of these can get.
///
/// # Invariants
///
/// The running program holds the thing, and nobody else gives it back.
pub(crate) struct Held<T: Resource> {
    thing: NonNull<T>,
    _invocation: OneInvocation,
}

impl<T: Resource> Held<T> {
    /// Takes over the giving back.
    ///
    /// # Safety
    ///
    /// The running program has just acquired the thing.
    pub(crate) unsafe fn new(thing: NonNull<T>) -> Self {
        Self {
            thing,
            _invocation: PhantomData,
        }
    }

    pub(crate) fn as_ptr(&self) -> *mut T {
        self.thing.as_ptr()
    }

    /// The thing, for a call that gives it back in another way.
    pub(crate) fn into_ptr(self) -> *mut T {
        ManuallyDrop::new(self).thing.as_ptr()
    }
}

impl<T: Resource> Drop for Held<T> {
    fn drop(&mut self) {
        // SAFETY: the program holds it, and what could use it goes with `self`.
        unsafe { T::release(self.thing) }
    }
}
