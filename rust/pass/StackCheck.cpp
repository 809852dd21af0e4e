// SPDX-License-Identifier: GPL-2.0
#include "StackCheck.h"

#include "Frame.h"

#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace rex {

static Value *readStackPointer(IRBuilder<> &B) {
  Module &M = *B.GetInsertBlock()->getModule();
  LLVMContext &C = M.getContext();
  Function *Read = Intrinsic::getOrInsertDeclaration(&M, Intrinsic::read_register, {B.getInt64Ty()});
  MDNode *Register = MDNode::get(C, MDString::get(C, "rsp"));
  return B.CreateCall(Read, {MetadataAsValue::get(C, Register)});
}

void insertStackCheck(Function &F) {
  IRBuilder<> B(F.getContext());
  startAt(B, F.getEntryBlock().getFirstNonPHIOrDbgOrAlloca());

  // The limit is the first word of the frame.
  Value *Limit = B.CreateLoad(B.getInt64Ty(), loadFrame(B));
  endProgramIf(B.CreateICmpULT(readStackPointer(B), Limit), "rex_stack_overflow", B);
}

} // namespace rex
