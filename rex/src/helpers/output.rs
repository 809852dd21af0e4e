// SPDX-License-Identifier: GPL-2.0
//! Records of perf events, for which each type of program has a function of its own.

use core::ptr::from_ref;

use crate::ffi;
use crate::kprobe::kprobe;
use crate::linux::bpf::{BPF_F_CURRENT_CPU, BPF_F_INDEX_MASK};
use crate::map::RexPerfEventArray;
use crate::perf_event::{bpf_perf_event_data, perf_event};
use crate::plain::PlainData;
use crate::pt_regs::PtRegs;
use crate::tracepoint::{TracepointContext, tracepoint};
use crate::utils::{Result, to_result};

/// Which entry of a [`RexPerfEventArray`] a record goes to: user space opens one for each CPU.
#[derive(Clone, Copy)]
pub struct PerfEventMaskedCPU {
    index: u64,
}

impl PerfEventMaskedCPU {
    /// That of the CPU which the program runs on.
    pub const fn current_cpu() -> Self {
        Self {
            index: BPF_F_CURRENT_CPU,
        }
    }

    /// That of a CPU by its number.
    pub const fn any_cpu(cpu: u64) -> Self {
        Self {
            index: cpu & BPF_F_INDEX_MASK,
        }
    }

    /// The lower half of the flags of the kernel's helpers.
    pub(crate) const fn flags(self) -> u64 {
        self.index
    }
}

/// Program objects that can send records to user space through a [`RexPerfEventArray`].
pub trait PerfEventStreamer {
    /// The context of such a program.
    type Context;

    /// Sends a record; [`RexPerfEventArray::output`] is the usual way.
    ///
    /// # Errors
    ///
    /// Those of [`RexPerfEventArray::output`].
    fn output_event<V: PlainData>(
        &self,
        ctx: &Self::Context,
        map: &'static RexPerfEventArray<V>,
        data: &V,
        cpu: PerfEventMaskedCPU,
    ) -> Result;
}

macro_rules! streamers {
    ($([$($generics:tt)*] $program:ty, $context:ty, $output:ident;)*) => {$(
        impl<$($generics)*> PerfEventStreamer for $program {
            type Context = $context;

            fn output_event<V: PlainData>(
                &self,
                _: &$context,
                map: &'static RexPerfEventArray<V>,
                data: &V,
                cpu: PerfEventMaskedCPU,
            ) -> Result {
                let (map, data, size) = (map.handle().map(), from_ref(data).cast(), size_of::<V>());
                // SAFETY: the context is that of this program; the kernel made the map, an
                // array of perf events; `data` is live and has that size.
                to_result!(unsafe {
                    ffi::$output(self.context(), map, cpu.flags(), data, size as u64)
                })
            }
        }
    )*};
}

streamers! {
    [] kprobe, PtRegs, bpf_perf_event_output;
    [C: TracepointContext] tracepoint<C>, C, bpf_perf_event_output_tp;
    // The kernel has one function for both: either context starts with the registers.
    [] perf_event, bpf_perf_event_data, bpf_perf_event_output_tp;
}
