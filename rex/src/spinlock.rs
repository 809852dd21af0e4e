// SPDX-License-Identifier: GPL-2.0
//! Locks in the values of maps.
//!
//! A [`bpf_spin_lock`] is a field of a map's value. While a program holds it, no other
//! program that takes the same lock first gets at the rest of the value:
//!
//! ```ignore
//! #[derive(Clone, Copy)]
//! #[repr(C)]
//! struct Account {
//!     lock: bpf_spin_lock,
//!     orders: u32,
//!     total: u64,
//! }
//!
//! #[rex_map]
//! static ACCOUNTS: RexArrayMap<Account> = RexArrayMap::new(64, 0);
//!
//! #[rex_kprobe]
//! fn order(obj: &kprobe, ctx: &mut PtRegs) -> Result {
//!     let account = obj.bpf_map_lookup_elem(&ACCOUNTS, &0).ok_or(0)?;
//!     let _guard = rex_spinlock_guard::new(&mut account.lock);
//!     account.orders += 1;
//!     account.total += ctx.rsi();
//!     Ok(0)
//! }
//! ```
//!
//! # What a lock does
//!
//! - Interrupts are off on this CPU while the program holds a lock. Its time counts
//!   towards the program's budget.
//! - Taking a lock waits for other CPUs, but never for ever: what can't be waited for
//!   is an [error](rex_spinlock_guard::try_new).
//! - When a program ends while it holds a lock, by a panic, because it took too long,
//!   or since a guard was forgotten, the kernel releases it. The value stays as the
//!   program left it, perhaps half changed.
//!
//! # What a lock doesn't do
//!
//! It is a convention between programs, and 4 bytes of a value that is
//! [plain data](crate::plain) like the rest:
//!
//! - Look-ups, updates and deletions don't take it, nor does user space. `get` and
//!   user space's look-up can find a value half changed.
//! - An update of the whole value, by a program or by user space, overwrites the lock
//!   too: the kernel doesn't know where in a value it is, as it does for eBPF's
//!   programs. Values are inserted before others use them, and from then on changed in
//!   place, under the lock. What is inserted has an unlocked lock,
//!   `bpf_spin_lock::default()`; a copy of a value whose lock was held has a locked one.
//! - A lock whose bytes are not those of an unlocked one is taken until they are: if no
//!   program holds it the attempt fails with `-ETIMEDOUT`.
//!
//! None of this is worse than a wrong number in a map.

use core::ffi::c_int;
use core::marker::PhantomData;
use core::ptr::NonNull;

use crate::ffi;
use crate::held::{Held, Resource};
use crate::linux::errno::{EDEADLK, EINVAL, ENOSPC, ETIMEDOUT};
use crate::plain::NoLock;
use crate::utils::to_result;

#[doc(inline)]
pub use crate::linux::bpf::bpf_spin_lock;

impl !NoLock for bpf_spin_lock {}

// SAFETY: rex_spin_lock() puts the lock into the ledger.
unsafe impl Resource for bpf_spin_lock {
    unsafe fn release(this: NonNull<Self>) {
        // SAFETY: the caller says that the program holds it.
        unsafe { ffi::rex_spin_unlock(this.as_ptr()) }
    }
}

/// A lock that the program holds until this is dropped.
#[must_use = "the lock is released at once if its guard is not kept: `let _guard = …`"]
pub struct rex_spinlock_guard<'a> {
    _held: Held<bpf_spin_lock>,
    _lock: PhantomData<&'a mut bpf_spin_lock>,
}

impl<'a> rex_spinlock_guard<'a> {
    /// Takes a lock; [`try_new`](Self::try_new) is for programs that can do without.
    ///
    /// # Panics
    ///
    /// Where `try_new` has an error, with its reason.
    #[track_caller]
    pub fn new(lock: &'a mut bpf_spin_lock) -> Self {
        match Self::try_new(lock) {
            Ok(guard) => guard,
            Err(error) => panic!("can't take the lock: {} ({error})", reason(error)),
        }
    }

    /// Takes a lock, or says why it can't be had.
    ///
    /// # Errors
    ///
    /// - `-EDEADLK`: the lock is held by this program or one that it interrupted on this
    ///   CPU.
    /// - `-ETIMEDOUT`: its holder on another CPU has not released it in ten times the
    ///   program's budget, as where two programs take two locks in opposite order; or
    ///   this program's own time is up.
    /// - `-ENOSPC`: the program holds as many things as it can, 128.
    /// - `-EINVAL`: the lock is a variable of the program, and not in the value of a map.
    pub fn try_new(lock: &'a mut bpf_spin_lock) -> core::result::Result<Self, c_int> {
        // SAFETY: the kernel writes to the lock until it is released, at the latest when the
        // program ends. Until then its memory stays: the kernel refuses the program's stack,
        // and bytes that can go earlier are no locks, which `NoLock` sees to; what is left
        // are the values of maps, of which the module `map` says it, and the extension's own
        // data. Any bytes are a lock.
        to_result!(unsafe { ffi::rex_spin_lock(lock) })?;
        // SAFETY: taken.
        let held = unsafe { Held::new(NonNull::from(lock)) };
        Ok(Self {
            _held: held,
            _lock: PhantomData,
        })
    }
}

fn reason(error: c_int) -> &'static str {
    match error.unsigned_abs() {
        EDEADLK => "it is held by this program or one that it interrupted",
        ETIMEDOUT => "its holder on another CPU did not release it in time",
        ENOSPC => "this program holds as many things as it can",
        EINVAL => "it is not in the value of a map",
        _ => "the kernel refuses",
    }
}
