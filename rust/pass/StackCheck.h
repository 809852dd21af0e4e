// SPDX-License-Identifier: GPL-2.0
#pragma once

namespace llvm {
class Function;
} // namespace llvm

namespace rex {

/// Makes F end the program where its stack is used up. The check follows the
/// prologue: F's own frame is below the limit at most by its own size.
void insertStackCheck(llvm::Function &F);

} // namespace rex
