// SPDX-License-Identifier: GPL-2.0
//! Stack traces, for which each type of program has functions of its own.

use crate::ffi;
use crate::kprobe::kprobe;
use crate::map::RexStackTrace;
use crate::perf_event::{bpf_perf_event_data, perf_event};
use crate::pt_regs::PtRegs;
use crate::tracepoint::{TracepointContext, tracepoint};
use crate::utils::{Result, to_result};

macro_rules! stack_helpers {
    ($([$($generics:tt)*] $program:ty, $context:ty, $stackid:ident, $stack:ident;)*) => {$(
        impl<$($generics)*> $program {
            /// Puts a stack trace into a map, and returns its id there.
            ///
            /// It is the kernel's, or user space's with the flag `BPF_F_USER_STACK`; the
            /// lowest 8 bits of `flags` are a number of frames to leave out.
            ///
            /// # Errors
            ///
            /// `-EEXIST` if another trace has the same place in the map, which
            /// `BPF_F_REUSE_STACKID` makes give way, `-EFAULT` if there is no trace,
            /// `-ENOMEM` if the map is full, `-EINVAL` for other flags.
            pub fn bpf_get_stackid<K, V>(
                &self,
                _: &$context,
                map: &'static RexStackTrace<K, V>,
                flags: u64,
            ) -> Result {
                // SAFETY: the context is that of this program; the kernel made the map, one
                // for stack traces.
                to_result!(unsafe { ffi::$stackid(self.context(), map.handle().map(), flags) })
            }

            /// Copies a stack trace, and returns how many bytes it has; behind it are zeros.
            ///
            /// It is the kernel's, or user space's with the flag `BPF_F_USER_STACK`; the
            /// lowest 8 bits of `flags` are a number of frames to leave out. With
            /// `BPF_F_USER_BUILD_ID` an entry takes four words, a `bpf_stack_build_id`.
            ///
            /// # Errors
            ///
            /// `-EFAULT` if there is no trace, `-EINVAL` for other flags; `buf` is all zeros
            /// then.
            pub fn bpf_get_stack(&self, _: &$context, buf: &mut [u64], flags: u64) -> Result {
                let size = size_of_val(buf) as u64;
                // SAFETY: the context is that of this program, and `buf` is live and has that
                // size.
                to_result!(unsafe {
                    ffi::$stack(self.context(), buf.as_mut_ptr().cast(), size, flags)
                })
            }
        }
    )*};
}

stack_helpers! {
    [] kprobe, PtRegs, bpf_get_stackid, bpf_get_stack;
    [C: TracepointContext] tracepoint<C>, C, bpf_get_stackid_tp, bpf_get_stack_tp;
    [] perf_event, bpf_perf_event_data, bpf_get_stackid_pe, bpf_get_stack_pe;
}
