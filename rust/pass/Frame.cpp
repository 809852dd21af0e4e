// SPDX-License-Identifier: GPL-2.0
#include "Frame.h"

#include "llvm/IR/Module.h"

using namespace llvm;

namespace rex {

static constexpr unsigned AddressSpaceGS = 256;

Value *loadFrame(IRBuilder<> &B, Module &M) {
  Constant *Symbol = M.getOrInsertGlobal("rex_frame", B.getPtrTy());
  Value *Offset = B.CreatePtrToInt(Symbol, B.getInt64Ty());
  Value *Slot = B.CreateIntToPtr(Offset, B.getPtrTy(AddressSpaceGS));
  return B.CreateLoad(B.getPtrTy(), Slot);
}

} // namespace rex
