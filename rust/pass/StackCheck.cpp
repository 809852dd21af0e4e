// SPDX-License-Identifier: GPL-2.0
#include "StackCheck.h"

#include "Frame.h"

#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"

using namespace llvm;

namespace rex {

static Value *readStackPointer(IRBuilder<> &B, Module &M) {
  LLVMContext &C = M.getContext();
  Function *Read = Intrinsic::getOrInsertDeclaration(&M, Intrinsic::read_register, {B.getInt64Ty()});
  MDNode *Register = MDNode::get(C, MDString::get(C, "rsp"));
  return B.CreateCall(Read, {MetadataAsValue::get(C, Register)});
}

static FunctionCallee overflowFunction(Module &M) {
  FunctionCallee Overflow = M.getOrInsertFunction("rex_stack_overflow", Type::getVoidTy(M.getContext()));
  auto *F = cast<Function>(Overflow.getCallee());
  F->setDoesNotReturn();
  F->addFnAttr(Attribute::Cold);
  return Overflow;
}

void insertStackCheck(Function &F) {
  Module &M = *F.getParent();
  BasicBlock &Entry = F.getEntryBlock();
  BasicBlock::iterator Start = Entry.getFirstNonPHIOrDbgOrAlloca();
  IRBuilder<> B(&Entry, Start);
  if (DISubprogram *SP = F.getSubprogram())
    B.SetCurrentDebugLocation(DILocation::get(M.getContext(), SP->getLine(), 0, SP));

  // The limit is the first word of the frame.
  Value *Limit = B.CreateLoad(B.getInt64Ty(), loadFrame(B, M));
  Value *Below = B.CreateICmpULT(readStackPointer(B, M), Limit);
  Instruction *Stop = SplitBlockAndInsertIfThen(Below, Start, /*Unreachable=*/true,
                                                MDBuilder(M.getContext()).createUnlikelyBranchWeights());

  IRBuilder<> BelowB(Stop);
  BelowB.SetCurrentDebugLocation(B.getCurrentDebugLocation());
  BelowB.CreateCall(overflowFunction(M))->setDoesNotReturn();
}

} // namespace rex
