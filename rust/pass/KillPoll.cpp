// SPDX-License-Identifier: GPL-2.0
#include "KillPoll.h"

#include "CallGraph.h"
#include "Frame.h"
#include "ShortLoops.h"

#include "llvm/ADT/SetVector.h"
#include "llvm/Analysis/CFG.h"

using namespace llvm;

namespace rex {

static constexpr uint64_t StateOffset = 8;
static constexpr uint8_t Kill = 1;

static void insertPoll(BasicBlock::iterator Place) {
  IRBuilder<> B(Place->getContext());
  startAt(B, Place);

  Value *Address = B.CreateConstInBoundsGEP1_64(B.getInt8Ty(), loadFrame(B), StateOffset);
  // Volatile: another CPU asks.
  Value *State = B.CreateLoad(B.getInt8Ty(), Address, /*isVolatile=*/true);
  endProgramIf(B.CreateIsNotNull(B.CreateAnd(State, Kill)), "rex_kill_landing", B);
}

/// Blocks of F such that one is on each cycle that is not a short loop. Every cycle
/// has an edge back to a block that a depth-first search has not left yet. LoopInfo
/// would not do: to LLVM, a cycle with several ways in is no loop.
static SmallSetVector<BasicBlock *, 8> whereCyclesStartOver(Function &F, FunctionAnalysisManager &Analyses) {
  ShortLoops Short(F, Analyses);
  SmallVector<std::pair<const BasicBlock *, const BasicBlock *>, 8> BackEdges;
  SmallSetVector<BasicBlock *, 8> Starts;

  FindFunctionBackedges(F, BackEdges);
  for (auto [From, To] : BackEdges)
    if (!Short.isEdgeOfOne(From, To))
      Starts.insert(const_cast<BasicBlock *>(To));
  return Starts;
}

void insertKillPolls(const CallGraph &Graph, FunctionAnalysisManager &Analyses) {
  FunctionSet Called;
  for (auto &[F, Node] : Graph.nodes())
    Called.insert_range(Node.callees);

  for (auto &[F, Node] : Graph.nodes()) {
    for (BasicBlock *Start : whereCyclesStartOver(*F, Analyses))
      insertPoll(Start->getFirstInsertionPt());
    if (Called.contains(F) && !Node.callees.empty())
      insertPoll(F->getEntryBlock().getFirstNonPHIOrDbgOrAlloca());
  }
}

} // namespace rex
