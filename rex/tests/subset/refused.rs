// SPDX-License-Identifier: GPL-2.0
// What of Rust an extension can't use, and what says so; docs/rust-subset.md is the list.

//# unsafe block: usage of an `unsafe` block
fn f(pointer: *const u8) -> u8 { unsafe { *pointer } }

//# unsafe function: declaration of an `unsafe` function
unsafe fn f() {}

//# unsafe implementation: implementation of an `unsafe` trait
struct S; unsafe impl Send for S {}

//# unsafe allowed: allow(unsafe_code) incompatible with previous forbid
#[allow(unsafe_code)] fn f(pointer: *const u8) -> u8 { unsafe { *pointer } }

//# kernel function of one's own: usage of an `unsafe extern` block
unsafe extern "C" { safe fn bpf_ktime_get_ns() -> u64; }

//# exported name: declaration of a `no_mangle` function
#[unsafe(no_mangle)] fn rex_panic() {}

//# assembly: usage of `core::arch::global_asm`
core::arch::global_asm!("ud2");

//# static that changes: use of mutable static is unsafe
static mut COUNT: u64 = 0;
fn f() { COUNT += 1 }

//# abort: the feature `core_intrinsics` is not in the list of allowed features
#![feature(core_intrinsics)]
fn f() -> ! { core::intrinsics::abort() }

//# macro that hides unsafe: the feature `allow_internal_unsafe` is not in the list of allowed features
#![feature(allow_internal_unsafe)]

//# portable SIMD: the feature `portable_simd` is not in the list of allowed features
#![feature(portable_simd)]
fn f(a: core::simd::u32x4) -> core::simd::u32x4 { a + a }

//# vector instructions: call to function `f` with `#[target_feature]` is unsafe
#[target_feature(enable = "sse2")] fn f() { core::arch::x86_64::_mm_setzero_si128(); }
fn g() { f() }

//# floating point: computes with floating point
#[rex_kprobe] fn p(_: &kprobe, ctx: &PtRegs) -> Result { Ok((ctx.rdi() as f64 * 1.5) as i32) }

//# floating point of an argument that is printed: computes with floating point
#[rex_kprobe] fn p(_: &kprobe, ctx: &PtRegs) -> Result { rex_printk!("{}", ctx.rdi() as f32) }

//# std: can't find crate for `std`
extern crate std;

//# std by its path: use of unresolved module or unlinked crate `std`
fn f() { std::println!("text"); }

//# alloc: can't find crate for `alloc`
extern crate alloc;

//# threads: cannot find `thread` in `core`
fn f() { core::thread::spawn(|| ()); }
