// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "llvm/IR/IRBuilder.h"

namespace rex {

/// Loads the address of the kernel's struct rex_frame of the running program.
/// rex_frame is a per-CPU pointer: its symbol is an offset from %gs.
llvm::Value *loadFrame(llvm::IRBuilder<> &B, llvm::Module &M);

} // namespace rex
