// SPDX-License-Identifier: GPL-2.0
//! Programs at perf events: samples of hardware and software counters.

use core::ffi::c_void;
use core::mem::offset_of;
use core::ops::Deref;
use core::ptr::NonNull;

use crate::ffi;
use crate::helpers::TracingHelpers;
use crate::layout;
use crate::linux::bpf::{BPF_PROG_TYPE_PERF_EVENT, bpf_perf_event_value};
use crate::linux::perf_event::PERF_SAMPLE_ADDR;
use crate::map::RexStackTrace;
use crate::program::{Program, attribute, verdict};
use crate::pt_regs::PtRegs;
use crate::utils::{OneInvocation, Result, to_result};

/// The sample that the program was called for.
///
/// # Invariants
///
/// It is the kernel's `struct bpf_perf_event_data_kern`, whose pointers lead to what
/// lives as long as the invocation.
#[repr(C)]
pub struct bpf_perf_event_data {
    regs: NonNull<PtRegs>,
    data: NonNull<perf_sample_data>,
    _event: NonNull<c_void>,
    _invocation: OneInvocation,
}

/// The kernel's `struct perf_sample_data`.
#[repr(C)]
struct perf_sample_data {
    _opaque: [u8; 0],
}

const _: () = {
    use layout::bpf_perf_event_data_kern as kernel;
    assert!(offset_of!(bpf_perf_event_data, regs) == kernel::regs.holding::<NonNull<PtRegs>>());
    assert!(offset_of!(bpf_perf_event_data, data) == kernel::data.holding::<NonNull<c_void>>());
};

impl bpf_perf_event_data {
    /// The registers where the event hit.
    pub fn regs(&self) -> &PtRegs {
        // SAFETY: they live as long as `self`; a PtRegs allows for changes by others.
        unsafe { self.regs.as_ref() }
    }

    /// How many events there were for this sample.
    pub fn sample_period(&self) -> u64 {
        const AT: usize = layout::perf_sample_data::period.holding::<u64>();
        // SAFETY: the field is a u64.
        unsafe { self.read(AT) }
    }

    /// The address that the sampled instruction accessed; 0 if the event doesn't say.
    pub fn addr(&self) -> u64 {
        const FLAGS: usize = layout::perf_sample_data::sample_flags.holding::<u64>();
        const AT: usize = layout::perf_sample_data::addr.holding::<u64>();
        // SAFETY: the field is a u64.
        let flags = unsafe { self.read(FLAGS) };
        if flags & u64::from(PERF_SAMPLE_ADDR) == 0 {
            return 0;
        }
        // SAFETY: the field is a u64.
        unsafe { self.read(AT) }
    }

    /// Reads a field of the sample's data.
    ///
    /// # Safety
    ///
    /// A u64 is at `offset` in the kernel's `struct perf_sample_data`.
    unsafe fn read(&self, offset: usize) -> u64 {
        // SAFETY: the data lives as long as `self`, and the caller says that the field is in it.
        let field = unsafe { self.data.byte_add(offset).cast::<u64>() };
        // SAFETY: the same; fields are aligned, and any bytes are a u64.
        unsafe { field.read_volatile() }
    }
}

/// The object of a perf_event program.
///
/// The verdict 0 keeps the kernel from recording the sample for the event's owner; any
/// other value lets it.
pub struct perf_event {
    helpers: TracingHelpers,
}

impl perf_event {
    /// Reads the event's counter, and how long it was enabled and running.
    ///
    /// # Errors
    ///
    /// The kernel's negative errno, such as `-EOPNOTSUPP` for an event that counts on
    /// another CPU; `buf` is all zeros then.
    pub fn bpf_perf_prog_read_value(
        &self,
        _: &bpf_perf_event_data,
        buf: &mut bpf_perf_event_value,
    ) -> Result {
        // SAFETY: the context is that of this program, and `buf` is live.
        to_result!(unsafe {
            ffi::bpf_perf_prog_read_value(
                self.context(),
                buf,
                size_of::<bpf_perf_event_value>() as u64,
            )
        })
    }

    /// Puts a stack trace into a map: the same as [`bpf_get_stackid`](Self::bpf_get_stackid).
    ///
    /// # Errors
    ///
    /// The same.
    pub fn bpf_get_stackid_pe<K, V>(
        &self,
        ctx: &bpf_perf_event_data,
        map: &'static RexStackTrace<K, V>,
        flags: u64,
    ) -> Result {
        self.bpf_get_stackid(ctx, map, flags)
    }

    /// The number that the loader gave with this attachment, 0 if it gave none.
    pub fn bpf_get_attach_cookie(&self, _: &bpf_perf_event_data) -> u64 {
        // SAFETY: the context is that of this program.
        unsafe { ffi::bpf_get_attach_cookie_pe(self.context()) }
    }
}

impl Deref for perf_event {
    type Target = TracingHelpers;

    fn deref(&self) -> &TracingHelpers {
        &self.helpers
    }
}

// SAFETY: programs at perf events get a `struct bpf_perf_event_data_kern`.
unsafe impl Program<attribute::rex_perf_event> for perf_event {
    const TYPE: u32 = BPF_PROG_TYPE_PERF_EVENT;
    const SECTION: &'static str = "perf_event";
    type Context<'a> = &'a bpf_perf_event_data;

    unsafe fn run(
        context: *mut c_void,
        function: impl FnOnce(&Self, &bpf_perf_event_data) -> Result,
    ) -> u32 {
        // SAFETY: the caller passes what the kernel does, and it stays until this returns.
        let data = unsafe { &*context.cast::<bpf_perf_event_data>() };
        // SAFETY: it is the context.
        let helpers = unsafe { TracingHelpers::new(context) };
        verdict(function(&Self { helpers }, data))
    }
}
