// SPDX-License-Identifier: GPL-2.0
//! The helpers of programs that trace: those about the current task.

use core::ffi::{c_char, c_int, c_void};
use core::ops::Deref;

use super::Helpers;
use crate::ffi;
use crate::task_struct::TaskStruct;
use crate::utils::{Result, to_result};

/// The helpers of programs that trace: those about the current task.
///
/// # Invariants
///
/// `context` is what the kernel passed to the program that runs.
pub struct TracingHelpers {
    helpers: Helpers,
    context: *mut c_void,
}

impl TracingHelpers {
    /// # Safety
    ///
    /// `context` is what the kernel passed to the program that runs.
    pub(crate) const unsafe fn new(context: *mut c_void) -> Self {
        Self {
            helpers: Helpers::new(),
            context,
        }
    }

    /// The context, for helpers that must not get that of another program.
    pub(crate) fn context<T>(&self) -> *mut T {
        self.context.cast()
    }

    /// Nanoseconds since boot: the same as [`bpf_ktime_get_ns`](Helpers::bpf_ktime_get_ns).
    ///
    /// The kernel has no coarse clock for tracing programs: one that interrupts the
    /// clock's update would wait for its end for ever.
    pub fn bpf_ktime_get_coarse_ns(&self) -> u64 {
        self.bpf_ktime_get_ns()
    }

    /// The task that the program runs in.
    ///
    /// In interrupts that is the task they interrupted.
    pub fn bpf_get_current_task(&self) -> Option<TaskStruct> {
        TaskStruct::current()
    }

    /// The current task's process id (its `tgid`) in the upper half, its thread id in the lower.
    pub fn bpf_get_current_pid_tgid(&self) -> u64 {
        ffi::bpf_get_current_pid_tgid()
    }

    /// The current task's group id in the upper half, its user id in the lower.
    pub fn bpf_get_current_uid_gid(&self) -> u64 {
        ffi::bpf_get_current_uid_gid()
    }

    /// Copies the current task's command name, with a NUL at its end and zeros behind.
    ///
    /// # Errors
    ///
    /// The kernel's negative errno; `buf` is all zeros then.
    pub fn bpf_get_current_comm<const N: usize>(&self, buf: &mut [c_char; N]) -> Result {
        const { assert!(N > 0, "a name needs room for its NUL") };
        // SAFETY: `buf` is live and has `N` bytes.
        to_result!(unsafe { ffi::bpf_get_current_comm(buf.as_mut_ptr(), N as u64) })
    }

    /// The id of the current task's cgroup (version 2): the inode number of its folder.
    pub fn bpf_get_current_cgroup_id(&self) -> u64 {
        ffi::bpf_get_current_cgroup_id()
    }

    /// The id of the cgroup (version 2) that is the current task's or one above it, by its
    /// level: 0 is the root. 0 if there is none.
    pub fn bpf_get_current_ancestor_cgroup_id(&self, level: c_int) -> u64 {
        ffi::bpf_get_current_ancestor_cgroup_id(i64::from(level).cast_unsigned())
    }

    /// Sends a signal to the current process; any of its threads may take it.
    ///
    /// # Errors
    ///
    /// `-EINVAL` for a number that is no signal, `-EPERM` for a kernel thread, a task that
    /// exits or process 1, `-EBUSY` if a signal of a program is still on its way, on this CPU.
    pub fn bpf_send_signal(&self, sig: u32) -> Result {
        to_result!(ffi::bpf_send_signal(sig.into()))
    }

    /// Sends a signal to the current thread.
    ///
    /// # Errors
    ///
    /// Those of [`bpf_send_signal`](Self::bpf_send_signal).
    pub fn bpf_send_signal_thread(&self, sig: u32) -> Result {
        to_result!(ffi::bpf_send_signal_thread(sig.into()))
    }
}

impl Deref for TracingHelpers {
    type Target = Helpers;

    fn deref(&self) -> &Helpers {
        &self.helpers
    }
}
