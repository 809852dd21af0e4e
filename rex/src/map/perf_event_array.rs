// SPDX-License-Identifier: GPL-2.0
//! Arrays of perf events.

use super::RexPerfEventArray;
use crate::plain::PlainData;
use crate::utils::Result;

pub use crate::helpers::{PerfEventMaskedCPU, PerfEventStreamer};

/// A perf event's record has a length of 16 bits, and more in it than what programs send.
const RECORD_MAX: usize = 32 * 1024;

impl<V: PlainData> RexPerfEventArray<V> {
    /// Sends a record to user space.
    ///
    /// `cpu` says through which entry. An event that was opened for one CPU takes records
    /// from there only.
    ///
    /// # Errors
    ///
    /// `-ENOENT` if user space has put no event there, `-EOPNOTSUPP` for one of another CPU,
    /// `-ENOSPC` if user space is behind and its buffer full, `-E2BIG` if the array has no
    /// such entry.
    pub fn output<P: PerfEventStreamer>(
        &'static self,
        program: &P,
        ctx: &P::Context,
        data: &V,
        cpu: PerfEventMaskedCPU,
    ) -> Result {
        const {
            assert!(
                size_of::<V>() <= RECORD_MAX,
                "a perf event's record has at most 32 KiB"
            )
        };
        program.output_event(ctx, self, data, cpu)
    }
}
