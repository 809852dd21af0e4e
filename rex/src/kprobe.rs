// SPDX-License-Identifier: GPL-2.0
//! Programs at kprobes and uprobes.

use core::ffi::{c_int, c_void};
use core::ops::Deref;

use crate::ffi;
use crate::helpers::TracingHelpers;
use crate::linux::bpf::BPF_PROG_TYPE_KPROBE;
use crate::program::{Program, attribute, verdict};
use crate::pt_regs::PtRegs;
use crate::utils::Result;

/// The object of a kprobe or uprobe program.
///
/// The verdict 0 keeps perf from recording an event for the hit; any other value lets it.
pub struct kprobe {
    helpers: TracingHelpers,
}

impl kprobe {
    /// Makes the probed function return `rc` at once, without running it.
    ///
    /// The kernel allows it for functions that are open to error injection (those of
    /// `/sys/kernel/debug/error_injection/list`, which has all system calls) and refuses
    /// to attach a program that can call it anywhere else.
    pub fn bpf_override_return(&self, regs: &mut PtRegs, rc: u64) -> c_int {
        // SAFETY: the one `&mut PtRegs` that there is in an invocation is its context.
        unsafe { ffi::bpf_override_return(regs, rc) as c_int }
    }
}

impl Deref for kprobe {
    type Target = TracingHelpers;

    fn deref(&self) -> &TracingHelpers {
        &self.helpers
    }
}

macro_rules! probes {
    ($($attribute:ident $section:literal)*) => {$(
        // SAFETY: probes of both kinds pass `struct pt_regs`, all of which a PtRegs is.
        unsafe impl Program<attribute::$attribute> for kprobe {
            const TYPE: u32 = BPF_PROG_TYPE_KPROBE;
            const SECTION: &'static str = $section;
            type Context<'a> = &'a mut PtRegs;

            unsafe fn run(context: *mut c_void, function: impl FnOnce(&Self, &mut PtRegs) -> Result) -> u32 {
                // SAFETY: the caller passes what the kernel does: the registers, which are
                // this program's alone until it returns.
                let regs = unsafe { &mut *context.cast::<PtRegs>() };
                verdict(function(&Self { helpers: TracingHelpers::new() }, regs))
            }
        }
    )*};
}

probes! {
    rex_kprobe "kprobe"
    rex_uprobe "uprobe"
}
