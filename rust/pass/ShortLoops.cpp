// SPDX-License-Identifier: GPL-2.0
#include "ShortLoops.h"

#include "llvm/Analysis/LoopInfo.h"
#include "llvm/Analysis/ScalarEvolution.h"
#include "llvm/IR/IntrinsicInst.h"

using namespace llvm;

namespace rex {

/// Instructions that a loop may run, those of loops inside it included. At worst each
/// waits for memory of another node and for the page tables that lead there, some
/// 200 ns: 0.8 ms.
static constexpr uint64_t Limit = 4096;
static constexpr uint64_t Unknown = Limit + 1;

/// More than one instruction's time: calls, be they to copy memory, and atomic
/// operations that other CPUs compete for.
static bool mayTakeLong(const Instruction &I) {
  if (isa<CallBase>(I))
    return !isa<IntrinsicInst>(I) || isa<AnyMemIntrinsic>(I);
  return I.isAtomic();
}

ShortLoops::ShortLoops(Function &F, FunctionAnalysisManager &Analyses)
    : Loops(Analyses.getResult<LoopAnalysis>(F)), Evolution(Analyses.getResult<ScalarEvolutionAnalysis>(F)) {
  for (const Loop *L : Loops)
    measure(*L);
}

/// Instructions that L runs at most, or Unknown.
uint64_t ShortLoops::measure(const Loop &L) {
  uint64_t Once = 0;

  for (const Loop *Inner : L)
    Once += measure(*Inner);
  for (const BasicBlock *Block : L.blocks())
    if (Loops.getLoopFor(Block) == &L)
      for (const Instruction &I : *Block)
        Once += mayTakeLong(I) ? Unknown : 1;

  uint64_t Times = Evolution.getSmallConstantMaxTripCount(&L);
  if (!Times || Once > Limit || Once * Times > Limit)
    return Unknown;
  Short.insert(&L);
  return Once * Times;
}

bool ShortLoops::isEdgeOfOne(const BasicBlock *From, const BasicBlock *To) const {
  const Loop *L = Loops.getLoopFor(To);
  return L && L->getHeader() == To && L->contains(From) && Short.contains(L);
}

} // namespace rex
