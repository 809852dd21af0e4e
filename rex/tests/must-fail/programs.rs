// SPDX-License-Identifier: GPL-2.0
// Functions that are no programs.

//# object of another attribute: kprobe` is not a program object for `#[rex_tracepoint]`
#[rex_tracepoint] fn p(obj: &kprobe, ctx: &PtRegs) -> Result { Ok(0) }

//# no object: `u32` is not a program object for `#[rex_kprobe]`
#[rex_kprobe] fn p(obj: &u32, ctx: &PtRegs) -> Result { Ok(0) }

//# no tracepoint: the trait bound `u32: TracepointContext` is not satisfied
#[rex_tracepoint] fn p(obj: &tracepoint<u32>, ctx: &'static u32) -> Result { Ok(0) }

//# context of another tracepoint: expected `&SyscallsExitOpenCtx`, found `&SyscallsEnterDupCtx`
#[rex_tracepoint] fn p(obj: &tracepoint<SyscallsEnterDupCtx>, ctx: &SyscallsExitOpenCtx) -> Result { Ok(0) }

//# context of another hook: expected `&SyscallsEnterDupCtx`, found `&mut PtRegs`
#[rex_kprobe] fn p(obj: &kprobe, ctx: &SyscallsEnterDupCtx) -> Result { Ok(0) }

//# other return type: expected `Result<i32, i32>`, found `u32`
#[rex_kprobe] fn p(obj: &kprobe, ctx: &PtRegs) -> u32 { 0 }

//# no return type: a #[rex_kprobe] function returns `rex::Result`, its verdict
#[rex_kprobe] fn p(obj: &kprobe, ctx: &PtRegs) {}

//# one parameter: takes 2 parameters, the program object and the context: this one has 1
#[rex_kprobe] fn p(obj: &kprobe) -> Result { Ok(0) }

//# three parameters: takes 2 parameters, the program object and the context: this one has 3
#[rex_kprobe] fn p(obj: &kprobe, ctx: &PtRegs, more: u32) -> Result { Ok(0) }

//# object by value: is the program object by reference, `obj: &program`
#[rex_kprobe] fn p(obj: kprobe, ctx: &PtRegs) -> Result { Ok(0) }

//# object by mutable reference: is the program object by reference, `obj: &program`
#[rex_kprobe] fn p(obj: &mut kprobe, ctx: &PtRegs) -> Result { Ok(0) }

//# method: is the program object by reference, `obj: &program`
struct S; impl S { #[rex_kprobe] fn p(&self, ctx: &PtRegs) -> Result { Ok(0) } }

//# async: a program can't be `async`
#[rex_kprobe] async fn p(obj: &kprobe, ctx: &PtRegs) -> Result { Ok(0) }

//# unsafe: a program can't be `unsafe`
#[rex_kprobe] unsafe fn p(obj: &kprobe, ctx: &PtRegs) -> Result { Ok(0) }

//# extern: a program can't be `extern`
#[rex_kprobe] pub extern "C" fn p(obj: &kprobe, ctx: &PtRegs) -> Result { Ok(0) }

//# generic: a #[rex_kprobe] function can't be generic
#[rex_kprobe] fn p<'a, T>(obj: &'a kprobe, ctx: &PtRegs) -> Result { Ok(0) }

//# const generic: a #[rex_kprobe] function can't be generic
#[rex_kprobe] fn p<const N: usize>(obj: &kprobe, ctx: &PtRegs) -> Result { Ok(0) }

//# not a function: #[rex_kprobe] goes on a function
#[rex_kprobe] struct S;

//# long name: has 64 characters: the kernel keeps 63
#[rex_kprobe] fn a234567890123456789012345678901234567890123456789012345678901234(obj: &kprobe, ctx: &PtRegs) -> Result { Ok(0) }

//# name that is not ASCII: is not a C identifier
#[rex_kprobe] fn größe(obj: &kprobe, ctx: &PtRegs) -> Result { Ok(0) }

//# two of one name: symbol `p.entry` is already defined
mod a { use super::*; #[rex_kprobe] fn p(obj: &kprobe, ctx: &PtRegs) -> Result { Ok(0) } }
mod b { use super::*; #[rex_kprobe] fn p(obj: &kprobe, ctx: &PtRegs) -> Result { Ok(1) } }

//# argument that is none: expected `#[rex_kprobe(function = "name")]`
#[rex_kprobe(symbol = "f")] fn p(obj: &kprobe, ctx: &PtRegs) -> Result { Ok(0) }

//# argument that is empty: expected `#[rex_kprobe(function = "name")]`
#[rex_kprobe(function = "")] fn p(obj: &kprobe, ctx: &PtRegs) -> Result { Ok(0) }

//# argument of an attribute that takes none: #[rex_tracepoint] takes no arguments
#[rex_tracepoint(function = "f")] fn p(obj: &tracepoint<SyscallsEnterDupCtx>, ctx: &SyscallsEnterDupCtx) -> Result { Ok(0) }

//# long function to attach to: the name of the function to attach to is too long
#[rex_kprobe(function = "a2345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890")]
fn p(obj: &kprobe, ctx: &PtRegs) -> Result { Ok(0) }
