// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/IR/PassManager.h"

namespace llvm {
class BasicBlock;
class Loop;
class LoopInfo;
class ScalarEvolution;
} // namespace llvm

namespace rex {

/// The loops of a function that LLVM can prove to be over within a millisecond.
class ShortLoops {
public:
  ShortLoops(llvm::Function &F, llvm::FunctionAnalysisManager &Analyses);

  /// True if To starts a short loop over when it comes after From.
  bool isEdgeOfOne(const llvm::BasicBlock *From, const llvm::BasicBlock *To) const;

private:
  uint64_t measure(const llvm::Loop &L);

  llvm::LoopInfo &Loops;
  llvm::ScalarEvolution &Evolution;
  llvm::SmallPtrSet<const llvm::Loop *, 8> Short;
};

} // namespace rex
