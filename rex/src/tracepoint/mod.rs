// SPDX-License-Identifier: GPL-2.0
//! Programs at tracepoints.

#[doc(hidden)]
pub mod dynamic;

use core::ffi::c_void;
use core::marker::PhantomData;
use core::ops::Deref;

use crate::ffi;
use crate::helpers::TracingHelpers;
use crate::linux::bpf::BPF_PROG_TYPE_TRACEPOINT;
use crate::program::{Program, attribute, verdict};
use crate::utils::{OneInvocation, Result};

/// The record of a tracepoint, which says by its type which tracepoint it is.
///
/// Those below are written for programs that name them; the attribute
/// [`macro@crate::rex_tracepoint_context`] makes one for any other tracepoint.
///
/// # Safety
///
/// The type has the layout of the tracepoint's record, in which the first 8 bytes
/// belong to the kernel and are never read. Any bytes are a valid value of it. It is
/// neither `Send` nor `Sync`, as a program gets a `&'static` to what ends with the
/// invocation.
pub unsafe trait TracepointContext: Sized + 'static {
    /// libbpf's section name: `tracepoint/` category `/` name.
    const SECTION: &'static str;

    /// The end of the last field: the kernel takes no program for a record that is shorter.
    const SIZE: u32 = size_of::<Self>() as u32;
}

/// The object of a tracepoint program with context `C`.
///
/// The verdict 0 keeps perf from recording an event for the hit; any other value lets it.
pub struct tracepoint<C: TracepointContext> {
    helpers: TracingHelpers,
    _context: PhantomData<C>,
}

impl<C: TracepointContext> tracepoint<C> {
    /// The number that the loader gave with this attachment, 0 if it gave none.
    pub fn bpf_get_attach_cookie(&self, _: &C) -> u64 {
        // SAFETY: the context is that of this program.
        unsafe { ffi::bpf_get_attach_cookie_trace(self.context()) }
    }
}

impl<C: TracepointContext> Deref for tracepoint<C> {
    type Target = TracingHelpers;

    fn deref(&self) -> &TracingHelpers {
        &self.helpers
    }
}

// SAFETY: the section says which record the kernel passes, `C` has its layout, and the
// kernel doesn't attach a program whose CONTEXT_SIZE is more than the record has.
unsafe impl<C: TracepointContext> Program<attribute::rex_tracepoint> for tracepoint<C> {
    const TYPE: u32 = BPF_PROG_TYPE_TRACEPOINT;
    const SECTION: &'static str = C::SECTION;
    const CONTEXT_SIZE: u32 = C::SIZE;
    type Context<'a> = &'static C;

    unsafe fn run(context: *mut c_void, function: impl FnOnce(&Self, &'static C) -> Result) -> u32 {
        // SAFETY: the caller passes the record, which stays until this returns; 'static is
        // no longer than that, since no static can keep what is not Sync. Nobody writes
        // the part that can be read.
        let record = unsafe { &*context.cast::<C>() };
        let program = Self {
            // SAFETY: it is the context.
            helpers: unsafe { TracingHelpers::new(context) },
            _context: PhantomData,
        };
        verdict(function(&program, record))
    }
}

/// Emits a context that `#[rex_tracepoint_context]` has looked up.
///
/// A `macro_rules!` macro, since only those can hold `unsafe` for a crate that forbids it.
#[doc(hidden)]
#[macro_export]
#[allow_internal_unsafe]
macro_rules! __rex_tracepoint_context {
    (
        $(#[$attribute:meta])* $vis:vis struct $name:ident; $section:literal $size:literal $table:literal
        {$($(#[$doc:meta])* $public:vis $field:ident: $ty:ty = $offset:literal,)*}
        {$(#[$array_doc:meta] $array:ident: $how:ident $element:ty = $location:ident + $base:literal,)*}
    ) => {
        $(#[$attribute])*
        #[allow(dead_code)]
        #[repr(C)]
        $vis struct $name {
            _kernel: [u8; 8],
            $($(#[$doc])* $public $field: $ty,)*
            _invocation: ::core::marker::PhantomData<*mut ()>,
        }

        const _: () = {
            // Lets the compiler know of the file that the fields are from.
            const _: &[u8] = ::core::include_bytes!($table);
            $(::core::assert!(::core::mem::offset_of!($name, $field) == $offset);)*

            // SAFETY: the fields are integers at the offsets that the kernel has; the
            // PhantomData is neither Send nor Sync.
            unsafe impl $crate::tracepoint::TracepointContext for $name {
                const SECTION: &'static str = $section;
                const SIZE: u32 = $size;
            }

            #[allow(dead_code)]
            impl $name {$(
                #[$array_doc]
                ///
                /// # Errors
                ///
                /// `-EINVAL` if there is none, `-EFAULT`.
                $vis fn $array<'a>(
                    &self,
                    buf: &'a mut [$element],
                ) -> ::core::result::Result<&'a [$element], ::core::ffi::c_int> {
                    let record = ::core::ptr::from_ref(self).cast();
                    $crate::tracepoint::dynamic::$how(record, $base, self.$location, buf)
                }
            )*}
        };
    };
}

/// Builds contexts from the fields of the tracepoints' format files.
macro_rules! contexts {
    ($($(#[$doc:meta])* $name:ident $section:literal { $($(#[$field_doc:meta])* $field:ident: $ty:ty,)* })*) => {$(
        $(#[$doc])*
        ///
        #[doc = concat!("The record of `", $section, "`.")]
        #[repr(C)]
        pub struct $name {
            _kernel: u64,
            $($(#[$field_doc])* pub $field: $ty,)*
            _invocation: OneInvocation,
        }

        // SAFETY: the fields are integers, at the offsets of the tracepoint's format file;
        // OneInvocation is neither Send nor Sync.
        unsafe impl TracepointContext for $name {
            const SECTION: &'static str = $section;
        }
    )*};
}

// The arguments of a system call are whole registers: of one that is an int, the
// lower half counts.
contexts! {
    /// The start of `open()`.
    SyscallsEnterOpenCtx "tracepoint/syscalls/sys_enter_open" {
        /// The number of the system call.
        syscall_nr: i32,
        /// User space's address of the path.
        filename_ptr: u64,
        /// `O_*`
        flags: u64,
        /// Permissions of a new file.
        mode: u64,
    }

    /// The start of `openat()`.
    SyscallsEnterOpenatCtx "tracepoint/syscalls/sys_enter_openat" {
        /// The number of the system call.
        syscall_nr: i32,
        /// The folder that the path starts from.
        dfd: u64,
        /// User space's address of the path.
        filename_ptr: u64,
        /// `O_*`
        flags: u64,
        /// Permissions of a new file.
        mode: u64,
    }

    /// The end of `open()`.
    SyscallsExitOpenCtx "tracepoint/syscalls/sys_exit_open" {
        /// The number of the system call.
        syscall_nr: i32,
        /// The file descriptor, or a negative errno.
        ret: i64,
    }

    /// The end of `openat()`.
    SyscallsExitOpenatCtx "tracepoint/syscalls/sys_exit_openat" {
        /// The number of the system call.
        syscall_nr: i32,
        /// The file descriptor, or a negative errno.
        ret: i64,
    }

    /// The start of `dup()`.
    SyscallsEnterDupCtx "tracepoint/syscalls/sys_enter_dup" {
        /// The number of the system call.
        syscall_nr: i32,
        /// The file descriptor to duplicate.
        fildes: u64,
    }

    /// The start of any system call.
    RawSyscallsEnterCtx "tracepoint/raw_syscalls/sys_enter" {
        /// The number of the system call.
        id: i64,
        /// Its arguments; those that it doesn't take are whatever the registers held.
        args: [u64; 6],
    }

    /// The end of any system call.
    RawSyscallsExitCtx "tracepoint/raw_syscalls/sys_exit" {
        /// The number of the system call.
        id: i64,
        /// What it returned.
        ret: i64,
    }
}
