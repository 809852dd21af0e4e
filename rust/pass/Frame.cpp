// SPDX-License-Identifier: GPL-2.0
#include "Frame.h"

#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"

using namespace llvm;

namespace rex {

static constexpr unsigned AddressSpaceGS = 256;

Value *loadFrame(IRBuilder<> &B) {
  Module &M = *B.GetInsertBlock()->getModule();
  // A per-CPU pointer: the symbol is its offset from %gs.
  Constant *Symbol = M.getOrInsertGlobal("rex_frame", B.getPtrTy());
  LoadInst *Frame = B.CreateLoad(B.getPtrTy(), B.CreateAddrSpaceCast(Symbol, B.getPtrTy(AddressSpaceGS)));
  // A program stays on its CPU, and what interrupts it gives the frame back: code
  // generation may take the load out of a loop.
  Frame->setMetadata(LLVMContext::MD_invariant_load, MDNode::get(M.getContext(), {}));
  return Frame;
}

void startAt(IRBuilder<> &B, BasicBlock::iterator Place) {
  B.SetInsertPoint(Place);
  DISubprogram *SP = Place->getFunction()->getSubprogram();
  if (SP && !B.getCurrentDebugLocation())
    B.SetCurrentDebugLocation(DILocation::get(B.getContext(), SP->getLine(), 0, SP));
}

/// F now reads memory that others write, and may not come back.
static void forgetEffects(Function &F) {
  static constexpr Attribute::AttrKind Outdated[] = {Attribute::Memory, Attribute::WillReturn, Attribute::NoSync,
                                                     Attribute::Speculatable};
  for (Attribute::AttrKind Kind : Outdated) {
    F.removeFnAttr(Kind);
    for (User *U : F.users())
      if (auto *Call = dyn_cast<CallBase>(U))
        Call->removeFnAttr(Kind);
  }
}

static FunctionCallee declareLanding(Module &M, StringRef Name) {
  FunctionCallee Landing = M.getOrInsertFunction(Name, Type::getVoidTy(M.getContext()));
  auto *F = cast<Function>(Landing.getCallee());
  F->setDoesNotReturn();
  F->addFnAttr(Attribute::Cold);
  return Landing;
}

void endProgramIf(Value *Condition, StringRef Landing, IRBuilder<> &B) {
  Function &F = *B.GetInsertBlock()->getParent();
  Instruction *Stop = SplitBlockAndInsertIfThen(Condition, B.GetInsertPoint(), /*Unreachable=*/true,
                                                MDBuilder(F.getContext()).createUnlikelyBranchWeights());
  IRBuilder<> Cold(Stop);
  Cold.SetCurrentDebugLocation(B.getCurrentDebugLocation());
  Cold.CreateCall(declareLanding(*F.getParent(), Landing))->setDoesNotReturn();
  forgetEffects(F);
}

} // namespace rex
