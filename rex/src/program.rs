// SPDX-License-Identifier: GPL-2.0
//! How the kernel's call of a program becomes a call of the user's function.

use core::ffi::{c_int, c_void};

use crate::utils::Result;

/// The attributes, as types: a program object says by [`Program`] which of them it is for.
pub mod attribute {
    macro_rules! attributes {
        ($($name:ident)*) => {$(
            #[doc = concat!("`#[", stringify!($name), "]`")]
            pub struct $name(());
        )*};
    }

    attributes! {
        rex_kprobe rex_kretprobe rex_ksyscall rex_kretsyscall rex_uprobe rex_uretprobe
        rex_tracepoint rex_perf_event
        rex_xdp rex_xdp_frags rex_tc
    }
}

/// A program object: the first argument of a function under attribute `A`.
///
/// # Safety
///
/// `TYPE`, `ATTACH_TYPE` and `SECTION` are those under which the kernel passes a
/// context that [`Program::run`] takes, and `CONTEXT_SIZE` covers every byte that
/// safe code reads through the context where the kernel can't know it otherwise.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a program object for `#[{A}]`",
    label = "not the program object of this attribute",
    note = "the attributes of probes take `&kprobe`, `#[rex_perf_event]` takes `&perf_event`, `#[rex_tracepoint]` takes `&tracepoint<C>` with a context of `rex::tracepoint`",
    note = "`#[rex_xdp]` takes `&xdp`, `#[rex_tc]` takes `&sched_cls`"
)]
pub unsafe trait Program<A> {
    /// The kernel's `BPF_PROG_TYPE_*`.
    const TYPE: u32;
    /// The kernel's `BPF_*` attach type; most program types have none.
    const ATTACH_TYPE: u32 = 0;
    /// libbpf's section name for the hook, by which `bpf_program__attach()` attaches.
    const SECTION: &'static str;
    /// Bytes of a tracepoint's record that the context reads.
    const CONTEXT_SIZE: u32 = 0;
    /// The kernel's `REX_PROG_*`.
    const FLAGS: u32 = 0;
    /// What the function gets as second argument.
    type Context<'a>;

    /// Calls the program function with its object and context.
    ///
    /// # Safety
    ///
    /// `context` is what the kernel passes to a program of this type and attach type,
    /// and stays so until this returns.
    unsafe fn run(
        context: *mut c_void,
        function: impl FnOnce(&Self, Self::Context<'_>) -> Result,
    ) -> u32;
}

/// The verdict for the kernel: the value, whichever way it came.
pub(crate) fn verdict(result: Result) -> u32 {
    result.unwrap_or_else(|error| error).cast_unsigned()
}

/// The verdict for the kernel, `default` for an error: a negative `Err`.
pub(crate) fn verdict_or(default: c_int, result: Result) -> u32 {
    let value = match result {
        Err(error) if error < 0 => default,
        Ok(value) | Err(value) => value,
    };
    value.cast_unsigned()
}

/// Emits the entry and the descriptor of a program; `#[rex_kprobe]` and its kin call it.
///
/// A `macro_rules!` macro, since only those can hold `unsafe` for a crate that forbids it.
#[doc(hidden)]
#[macro_export]
#[allow_internal_unsafe]
macro_rules! __rex_program {
    ($attribute:ident ($program:ty) $function:ident $name:literal $symbol:literal $($target:literal)?) => {
        const _: () = {
            #[unsafe(export_name = $symbol)]
            extern "C" fn __rex_entry(context: *mut ::core::ffi::c_void) -> u32 {
                // SAFETY: only the kernel calls this, with the context that the program's
                // descriptor below asks for.
                unsafe {
                    <$program as $crate::program::Program<$crate::program::attribute::$attribute>>::run(
                        context,
                        |program, context| $function(program, context),
                    )
                }
            }

            #[used]
            #[unsafe(link_section = ".rex.progs")]
            static __REX_PROGRAM: $crate::abi::ProgDesc =
                $crate::abi::ProgDesc::new::<$program, $crate::program::attribute::$attribute>(
                    $name,
                    ::core::concat!($($target)?),
                    __rex_entry,
                );
        };
    };
}
