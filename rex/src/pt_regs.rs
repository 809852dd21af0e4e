// SPDX-License-Identifier: GPL-2.0
//! Saved registers.

use core::cell::UnsafeCell;

use crate::linux::ptrace;
use crate::utils::OneInvocation;

/// Registers as the kernel saved them: where a probe hit, or where user space entered.
///
/// They can be read only. The arguments of the probed function are in `rdi`, `rsi`,
/// `rdx`, `rcx`, `r8`, `r9`; those of a system call in `rdi`, `rsi`, `rdx`, `r10`, `r8`, `r9`.
#[repr(C)]
pub struct PtRegs {
    regs: Saved,
    _invocation: OneInvocation,
}

/// Builds the record of saved registers and a method for each.
macro_rules! registers {
    ($($name:ident $doc:literal)*) => {
        /// `struct pt_regs`. Cells, since the kernel can change them.
        #[repr(C)]
        struct Saved {
            $($name: UnsafeCell<u64>,)*
        }

        const _: () = {
            assert!(size_of::<Saved>() == size_of::<ptrace::pt_regs>());
            $(assert!(core::mem::offset_of!(Saved, $name) == core::mem::offset_of!(ptrace::pt_regs, $name));)*
        };

        impl PtRegs {$(
            #[doc = $doc]
            pub fn $name(&self) -> u64 {
                // SAFETY: part of the record, which lives as long as `self`; any bytes are a u64.
                unsafe { self.regs.$name.get().read_volatile() }
            }
        )*}
    };
}

registers! {
    r15 "Register r15."
    r14 "Register r14."
    r13 "Register r13."
    r12 "Register r12."
    rbp "Register rbp."
    rbx "Register rbx."
    r11 "Register r11."
    r10 "Register r10: the fourth argument of a system call."
    r9 "Register r9: the sixth argument."
    r8 "Register r8: the fifth argument."
    rax "Register rax: what a function returns."
    rcx "Register rcx: the fourth argument of a function."
    rdx "Register rdx: the third argument."
    rsi "Register rsi: the second argument."
    rdi "Register rdi: the first argument."
    orig_rax "The number of the system call, or an exception's error code."
    rip "The instruction pointer."
    cs "The code segment; its upper 48 bits are for the CPU's event delivery."
    eflags "The flags."
    rsp "The stack pointer."
    ss "The stack segment; its upper 48 bits are for the CPU's event delivery."
}
