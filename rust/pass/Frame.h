// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "llvm/IR/IRBuilder.h"

namespace rex {

/// Loads the address of the kernel's struct rex_frame of the running program.
llvm::Value *loadFrame(llvm::IRBuilder<> &B);

/// Lets B insert before Place, as part of its line; or of the function's, where
/// Place has none.
void startAt(llvm::IRBuilder<> &B, llvm::BasicBlock::iterator Place);

/// Where Condition holds, the program ends in a call to Landing, a function of
/// the kernel that does not return.
void endProgramIf(llvm::Value *Condition, llvm::StringRef Landing, llvm::IRBuilder<> &B);

} // namespace rex
