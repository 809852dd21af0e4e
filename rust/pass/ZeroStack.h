// SPDX-License-Identifier: GPL-2.0
#pragma once

namespace llvm {
class Module;
} // namespace llvm

namespace rex {

/// Makes zero of what a program has not written: of its stack, where each variable begins to
/// live, and of values that LLVM may choose.
///
/// A value has bytes that belong to no field, and what copies it to a map or a packet copies them
/// too. Without this they would be what was on the kernel's stack before. The kernel does the
/// same for its own stack, with CONFIG_INIT_STACK_ALL_ZERO.
///
/// To be run before LLVM optimises: it drops what is overwritten before it is read.
void zeroStack(llvm::Module &M);

} // namespace rex
