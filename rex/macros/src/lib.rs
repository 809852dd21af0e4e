// SPDX-License-Identifier: GPL-2.0
//! The attributes of Rex kernel extensions.
//!
//! They check what only the source text shows and pass the rest on to macros of
//! crate `rex`, which hold the generated code: `__rex_program!` and `__rex_map!`.
//! All tokens of the user's item keep their spans.

mod error;
mod map;
mod program;
mod tracepoint;

use proc_macro::TokenStream;

/// Makes a static a map that the program and user space share.
///
/// The static's type is one of those in `rex::map`, and its value a call of `new`
/// with the number of entries and the flags. The map's name is the static's.
///
/// ```ignore
/// #[rex_map]
/// static COUNTS: RexHashMap<u32, u64> = RexHashMap::new(1024, 0);
/// ```
#[proc_macro_attribute]
pub fn rex_map(args: TokenStream, item: TokenStream) -> TokenStream {
    error::or_compile_error(item.clone(), map::expand(args, item))
}

/// Makes a struct the context of a tracepoint, with the fields of its record.
///
/// The fields come from the kernel that the extension is built for: their names and
/// places are those in the tracepoint's `format` file, and they are integers and arrays of
/// integers. Arrays of no fixed length, which lie behind the record, are methods that copy
/// them: a string is the bytes without their NUL.
///
/// ```ignore
/// #[rex_tracepoint_context("sched/sched_process_exec")]
/// struct Exec;
///
/// #[rex_tracepoint]
/// fn on_exec(obj: &tracepoint<Exec>, ctx: &'static Exec) -> Result {
///     let mut buf = [0; 64];
///     let file = ctx.filename(&mut buf)?;
///     rex_printk!("{} runs {:?}", ctx.pid, core::str::from_utf8(file))
/// }
/// ```
#[proc_macro_attribute]
pub fn rex_tracepoint_context(args: TokenStream, item: TokenStream) -> TokenStream {
    error::or_compile_error(item.clone(), tracepoint::expand(args, item))
}

/// One attribute for each way a program can be attached.
macro_rules! program_attributes {
    ($($(#[$doc:meta])* $name:ident, $options:expr;)*) => {$(
        $(#[$doc])*
        #[proc_macro_attribute]
        pub fn $name(args: TokenStream, item: TokenStream) -> TokenStream {
            error::or_compile_error(
                item.clone(),
                program::expand(stringify!($name), $options, args, item),
            )
        }
    )*};
}

program_attributes! {
    /// Makes a function a kprobe program.
    ///
    /// The function takes `&kprobe` and `&mut PtRegs` (or `&PtRegs`) and returns `rex::Result`.
    /// `#[rex_kprobe(function = "symbol")]` names the kernel function to probe, so that
    /// `bpf_program__attach()` knows it; without it the loader says where to attach.
    rex_kprobe, program::Options::FUNCTION;

    /// Makes a function a kretprobe program: it runs when the kernel function returns.
    ///
    /// As [`macro@rex_kprobe`]; what the function returns is in `rax`.
    rex_kretprobe, program::Options::FUNCTION;

    /// Makes a function a kprobe program at the start of a system call.
    ///
    /// As [`macro@rex_kprobe`], with the call's name, such as `function = "dup"`. The
    /// context's `rdi` points to the registers of user space.
    rex_ksyscall, program::Options::FUNCTION;

    /// Makes a function a kretprobe program at the end of a system call.
    ///
    /// As [`macro@rex_ksyscall`]; what the call returns is in `rax`.
    rex_kretsyscall, program::Options::FUNCTION;

    /// Makes a function a uprobe program.
    ///
    /// The function takes `&kprobe` and `&mut PtRegs` (or `&PtRegs`) and returns `rex::Result`.
    /// `#[rex_uprobe(function = "/path/to/binary:symbol")]` says what to probe, so that
    /// `bpf_program__attach()` knows it; without it the loader says where to attach.
    rex_uprobe, program::Options::FUNCTION;

    /// Makes a function a uretprobe program: it runs when the function returns.
    ///
    /// As [`macro@rex_uprobe`]; what the function returns is in `rax`.
    rex_uretprobe, program::Options::FUNCTION;

    /// Makes a function a tracepoint program.
    ///
    /// The function takes `&tracepoint<C>` and `&'static C` and returns `rex::Result`. The
    /// context `C` says which tracepoint it is.
    rex_tracepoint, program::Options::NONE;

    /// Makes a function a perf_event program.
    ///
    /// The function takes `&perf_event` and `&bpf_perf_event_data` and returns `rex::Result`.
    /// The loader opens the event, and attaches with `bpf_program__attach_perf_event()`.
    rex_perf_event, program::Options::NONE;

    /// Makes a function an XDP program.
    ///
    /// The function takes `&xdp` and `&mut xdp_md` and returns `rex::Result`, an `XDP_*` verdict.
    /// `#[rex_xdp(frags)]` takes packets that are in several buffers, too.
    rex_xdp, program::Options::words(&["frags"]);

    /// Makes a function a tc program.
    ///
    /// The function takes `&sched_cls` and `&mut __sk_buff` and returns `rex::Result`, a
    /// `TC_ACT_*` verdict.
    rex_tc, program::Options::NONE;
}
