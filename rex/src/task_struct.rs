// SPDX-License-Identifier: GPL-2.0
//! Tasks.

use core::cell::OnceCell;
use core::ffi::{CStr, FromBytesUntilNulError};
use core::ops::Deref;
use core::ptr::NonNull;

use crate::ffi::{self, task_struct};
use crate::held::{Held, Resource};
use crate::layout;
use crate::plain::PlainData;
use crate::pt_regs::PtRegs;
use crate::utils::OneInvocation;

/// The kernel's `TASK_COMM_LEN`.
const COMM_LEN: usize = 16;

/// A task, which is a thread to user space.
///
/// # Invariants
///
/// The task and its kernel stack are alive as long as this is.
pub struct TaskStruct {
    task: NonNull<task_struct>,
    comm: OnceCell<[u8; COMM_LEN]>,
    _invocation: OneInvocation,
}

impl TaskStruct {
    /// The task that the program runs in, which outlives the invocation.
    pub(crate) fn current() -> Option<Self> {
        // SAFETY: the current task runs on its kernel stack.
        NonNull::new(ffi::bpf_get_current_task()).map(|task| unsafe { Self::new(task) })
    }

    /// # Safety
    ///
    /// The task and its kernel stack are alive as long as the value is.
    unsafe fn new(task: NonNull<task_struct>) -> Self {
        Self {
            task,
            comm: OnceCell::new(),
            _invocation: core::marker::PhantomData,
        }
    }

    /// The thread's id, which user space calls its tid, in the first pid namespace.
    pub fn get_pid(&self) -> i32 {
        const AT: usize = layout::task_struct::pid.holding::<i32>();
        // SAFETY: the field is an i32.
        unsafe { self.read(AT) }
    }

    /// The process's id, which user space calls its pid, in the first pid namespace.
    pub fn get_tgid(&self) -> i32 {
        const AT: usize = layout::task_struct::tgid.holding::<i32>();
        // SAFETY: the field is an i32.
        unsafe { self.read(AT) }
    }

    /// Nanoseconds that the thread has run in user space, as of its last tick or switch.
    pub fn get_utime(&self) -> u64 {
        const AT: usize = layout::task_struct::utime.holding::<u64>();
        // SAFETY: the field is a u64.
        unsafe { self.read(AT) }
    }

    /// The thread's command name, as it was when this was first called.
    ///
    /// # Errors
    ///
    /// If the name has no end, which the kernel doesn't let happen.
    pub fn get_comm(&self) -> Result<&CStr, FromBytesUntilNulError> {
        const AT: usize = layout::task_struct::comm.holding::<[u8; COMM_LEN]>();
        // The name can change while a reference to it is held: keep a copy.
        // SAFETY: the field is an array of that many bytes.
        let comm = self.comm.get_or_init(|| unsafe { self.read(AT) });
        CStr::from_bytes_until_nul(comm)
    }

    /// The registers with which the task entered the kernel from user space.
    ///
    /// They mean nothing for a kernel thread.
    pub fn get_pt_regs(&self) -> &PtRegs {
        // SAFETY: the task is alive.
        let regs = unsafe { ffi::bpf_task_pt_regs(self.task.as_ptr()) };
        // SAFETY: they are at the top of the task's kernel stack, which lives as long as
        // `self`; a PtRegs allows for changes by others.
        unsafe { &*regs }
    }

    /// Reads a field, which others can change at any time.
    ///
    /// # Safety
    ///
    /// A `T` is at `offset` in the kernel's `struct task_struct`.
    unsafe fn read<T: PlainData>(&self, offset: usize) -> T {
        // SAFETY: the task is alive, and the caller says that the field is in it.
        let field = unsafe { self.task.byte_add(offset).cast::<T>() };
        // SAFETY: the same; fields are aligned, and any bytes are a `T`.
        unsafe { field.read_volatile() }
    }
}

// SAFETY: rex_task_from_pid() puts the reference into the ledger.
unsafe impl Resource for task_struct {
    unsafe fn release(this: NonNull<Self>) {
        // SAFETY: the caller says that the program holds a reference.
        unsafe { ffi::rex_task_put(this.as_ptr()) }
    }
}

/// Any task, kept until this is dropped, though it may exit in the meantime.
///
/// Its methods are those of [`TaskStruct`].
pub struct OwnedTaskStruct {
    task: TaskStruct,
    _reference: Held<task_struct>,
}

impl OwnedTaskStruct {
    /// The thread with an id, which user space calls its tid, in the first pid namespace.
    ///
    /// `None` if there is none, also where it has exited and its parent has not waited for
    /// it yet, if the program holds as many things as it can, 128, or if it runs in an NMI.
    pub fn from_pid(pid: i32) -> Option<Self> {
        let task = NonNull::new(ffi::rex_task_from_pid(pid))?;
        // SAFETY: just acquired.
        let reference = unsafe { Held::new(task) };
        Some(Self {
            // SAFETY: the reference keeps the task and its kernel stack, and lives as long.
            task: unsafe { TaskStruct::new(task) },
            _reference: reference,
        })
    }
}

impl Deref for OwnedTaskStruct {
    type Target = TaskStruct;

    fn deref(&self) -> &TaskStruct {
        &self.task
    }
}
