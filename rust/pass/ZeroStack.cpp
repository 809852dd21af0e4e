// SPDX-License-Identifier: GPL-2.0
#include "ZeroStack.h"

#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/ErrorHandling.h"

using namespace llvm;

namespace rex {

using Place = BasicBlock::iterator;

/// Where a variable starts to live: it has no value before, and none of an earlier round of a loop.
/// Behind all variables, if it lives always: LLVM wants these to come first.
static SmallVector<Place, 2> starts(AllocaInst &Variable) {
  SmallVector<Place, 2> Found;

  for (User *U : Variable.users())
    if (auto *I = dyn_cast<IntrinsicInst>(U); I && I->getIntrinsicID() == Intrinsic::lifetime_start)
      Found.push_back(std::next(I->getIterator()));
  if (Found.empty())
    Found.push_back(Variable.getParent()->getFirstNonPHIOrDbgOrAlloca());
  return Found;
}

static void zero(AllocaInst &Variable) {
  auto Size = Variable.getAllocationSize(Variable.getDataLayout());

  if (!Size)
    reportFatalUsageError("rex: a variable on the stack has no fixed size");
  for (Place Start : starts(Variable)) {
    IRBuilder<> B(Start->getParent(), Start);
    B.CreateMemSet(&Variable, B.getInt8(0), Size->getFixedValue(), Variable.getAlign());
  }
}

void zeroStack(Module &M) {
  SmallVector<AllocaInst *, 32> Variables;

  for (Function &F : M)
    for (Instruction &I : instructions(F)) {
      if (auto *Variable = dyn_cast<AllocaInst>(&I))
        Variables.push_back(Variable);
      for (Use &Operand : I.operands())
        if (isa<UndefValue>(Operand))
          Operand.set(Constant::getNullValue(Operand->getType()));
    }
  for (AllocaInst *Variable : Variables)
    zero(*Variable);
}

} // namespace rex
