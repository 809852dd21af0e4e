// SPDX-License-Identifier: GPL-2.0
//! Programs at probes: at functions of the kernel and of programs, where they start or return.

use core::ffi::{c_int, c_void};
use core::ops::Deref;

use crate::ffi;
use crate::helpers::TracingHelpers;
use crate::linux::bpf::BPF_PROG_TYPE_KPROBE;
use crate::program::{Program, attribute, verdict};
use crate::pt_regs::PtRegs;
use crate::utils::Result;

/// The object of a program at a probe of any kind.
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

    /// The address of the function that is probed, also where it returns.
    ///
    /// 0 for a probe inside of a function.
    pub fn bpf_get_func_ip(&self, _: &PtRegs) -> u64 {
        // SAFETY: the context is that of this program.
        unsafe { ffi::bpf_get_func_ip_kprobe(self.context()) }
    }

    /// The number that the loader gave with this attachment, 0 if it gave none.
    pub fn bpf_get_attach_cookie(&self, _: &PtRegs) -> u64 {
        // SAFETY: the context is that of this program.
        unsafe { ffi::bpf_get_attach_cookie_trace(self.context()) }
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
        // SAFETY: probes of all kinds pass `struct pt_regs`, all of which a PtRegs is.
        unsafe impl Program<attribute::$attribute> for kprobe {
            const TYPE: u32 = BPF_PROG_TYPE_KPROBE;
            const SECTION: &'static str = $section;
            type Context<'a> = &'a mut PtRegs;

            unsafe fn run(context: *mut c_void, function: impl FnOnce(&Self, &mut PtRegs) -> Result) -> u32 {
                // SAFETY: the caller passes what the kernel does: the registers, which are
                // this program's alone until it returns.
                let regs = unsafe { &mut *context.cast::<PtRegs>() };
                // SAFETY: it is the context.
                let helpers = unsafe { TracingHelpers::new(context) };
                verdict(function(&Self { helpers }, regs))
            }
        }
    )*};
}

probes! {
    rex_kprobe "kprobe"
    rex_kretprobe "kretprobe"
    rex_ksyscall "ksyscall"
    rex_kretsyscall "kretsyscall"
    rex_uprobe "uprobe"
    rex_uretprobe "uretprobe"
}
