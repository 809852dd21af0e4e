// SPDX-License-Identifier: GPL-2.0
//! Copies of memory that may not be there.

use core::ffi::c_void;
use core::ptr::from_mut;

use super::Helpers;
use crate::ffi;
use crate::plain::PlainData;
use crate::utils::{Result, to_result};

impl Helpers {
    /// Copies a value from any address of the kernel.
    ///
    /// Reading what is not mapped is an error and no fault. What is read is whatever is
    /// there, which is why it is [plain data](crate::plain).
    ///
    /// # Errors
    ///
    /// `-EFAULT` if nothing is there, `-ERANGE` for an address that is not the kernel's;
    /// `dst` is all zero bytes then. (A kernel that is locked down for confidentiality
    /// refuses a program that can call this.)
    pub fn bpf_probe_read_kernel<T: PlainData>(
        &self,
        dst: &mut T,
        unsafe_ptr: *const (),
    ) -> Result {
        let dst = from_mut(dst).cast::<c_void>();
        // SAFETY: `dst` is a live `T`, for which any bytes are valid; the kernel checks
        // the address it reads and takes faults.
        to_result!(unsafe {
            ffi::bpf_probe_read_kernel(dst, size_of::<T>() as u64, unsafe_ptr.cast())
        })
    }

    /// Copies a value from the memory of the process that the program runs in.
    ///
    /// # Errors
    ///
    /// `-EFAULT` if nothing is there, if it is not in memory at present (reading does not
    /// bring it there), or for an address that is not user space's; `dst` is all zero
    /// bytes then.
    pub fn bpf_probe_read_user<T: PlainData>(&self, dst: &mut T, unsafe_ptr: *const ()) -> Result {
        let dst = from_mut(dst).cast::<c_void>();
        // SAFETY: `dst` is a live `T`, for which any bytes are valid; the kernel checks
        // the address it reads and takes faults.
        to_result!(unsafe {
            ffi::bpf_probe_read_user(dst, size_of::<T>() as u64, unsafe_ptr.cast())
        })
    }

    /// Copies a string, up to its NUL, from any address of the kernel.
    ///
    /// A string that doesn't fit is cut, and ends in a NUL in any case. Bytes behind the
    /// NUL stay as they were. The value is the number of bytes written, the NUL included.
    ///
    /// # Errors
    ///
    /// Those of [`bpf_probe_read_kernel`](Self::bpf_probe_read_kernel).
    pub fn bpf_probe_read_kernel_str(&self, dst: &mut [u8], unsafe_ptr: *const ()) -> Result {
        let (start, size) = (dst.as_mut_ptr().cast(), dst.len() as u64);
        // SAFETY: `dst` is live and has that size; the kernel checks the address it reads
        // and takes faults.
        to_result!(unsafe { ffi::bpf_probe_read_kernel_str(start, size, unsafe_ptr.cast()) })
    }

    /// Copies a string, up to its NUL, from the memory of the process that the program runs in.
    ///
    /// What fits, and the value, are those of
    /// [`bpf_probe_read_kernel_str`](Self::bpf_probe_read_kernel_str).
    ///
    /// # Errors
    ///
    /// Those of [`bpf_probe_read_user`](Self::bpf_probe_read_user).
    pub fn bpf_probe_read_user_str(&self, dst: &mut [u8], unsafe_ptr: *const ()) -> Result {
        let (start, size) = (dst.as_mut_ptr().cast(), dst.len() as u64);
        // SAFETY: `dst` is live and has that size; the kernel checks the address it reads
        // and takes faults.
        to_result!(unsafe { ffi::bpf_probe_read_user_str(start, size, unsafe_ptr.cast()) })
    }
}
