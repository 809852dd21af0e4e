// SPDX-License-Identifier: GPL-2.0
//! Arrays of any length, which lie behind the fields of a tracepoint's record.

use core::ffi::c_int;

use crate::ffi;
use crate::linux::errno::EINVAL;
use crate::plain::PlainData;
use crate::utils::to_result;

/// The kernel's `PERF_MAX_TRACE_SIZE`: no record is larger.
const RECORD_MAX: u32 = 8192;

/// Copies an array, as far as it fits: `location` has its length in bytes in the upper
/// half, and in the lower its distance from `base`, which is a distance from the record.
///
/// The record can be that of another tracepoint than the program was compiled for, as the
/// loader attaches it: then `location` is any number. So this never reads farther than a
/// record can be, and a read that the kernel doesn't allow is an error.
pub fn array<T: PlainData>(
    record: *const (),
    base: u32,
    location: u32,
    buf: &mut [T],
) -> Result<&[T], c_int> {
    let (start, len) = (base + (location & 0xffff), location >> 16);
    if start + len > RECORD_MAX {
        return Err(-(EINVAL as c_int));
    }
    let elements = buf.len().min(len as usize / size_of::<T>());
    let part = buf.get_mut(..elements).unwrap_or_default();
    let from = record.wrapping_byte_add(start as usize).cast();
    let size = size_of_val(part) as u64;
    // SAFETY: `part` is live, has that size, and any bytes are valid in it; the kernel
    // checks the address it reads and takes faults.
    to_result!(unsafe { ffi::bpf_probe_read_kernel(part.as_mut_ptr().cast(), size, from) })?;
    Ok(part)
}

/// The same for a string: the bytes before its NUL.
pub fn string(record: *const (), base: u32, location: u32, buf: &mut [u8]) -> Result<&[u8], c_int> {
    let bytes = array(record, base, location, buf)?;
    let end = bytes.iter().position(|byte| *byte == 0);
    Ok(bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default())
}
