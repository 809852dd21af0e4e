// SPDX-License-Identifier: GPL-2.0
#include "Program.h"

#include "llvm/IR/Constants.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/ErrorHandling.h"

using namespace llvm;

namespace rex {

/// Calls F for each constant inside C that is not an aggregate, in memory order.
template <typename Fn> static void forEachLeaf(Constant *C, Fn F) {
  if (isa<ConstantAggregate>(C))
    for (Use &Element : C->operands())
      forEachLeaf(cast<Constant>(Element), F);
  else
    F(C);
}

SmallVector<Program, 8> findPrograms(Module &M) {
  SmallVector<Program, 8> Programs;

  for (GlobalVariable &Descriptor : M.globals()) {
    if (Descriptor.getSection() != ".rex.progs" || !Descriptor.hasInitializer())
      continue;

    StringRef Name;
    Function *Entry = nullptr;
    forEachLeaf(Descriptor.getInitializer(), [&](Constant *Leaf) {
      if (auto *Bytes = dyn_cast<ConstantDataArray>(Leaf); Bytes && Name.empty())
        Name = Bytes->getRawDataValues().take_until([](char C) { return !C; });
      else if (auto *F = dyn_cast<Function>(Leaf->stripPointerCastsAndAliases()))
        Entry = F;
    });
    if (Name.empty() || !Entry || Entry->isDeclaration())
      reportFatalUsageError("rex: '" + Descriptor.getName() +
                            "' in section .rex.progs: not a program descriptor with a name and an entry");
    Programs.push_back({Name, Entry});
  }
  return Programs;
}

Function *findPanicHandler(Module &M) {
  Function *Handler = nullptr;

  for (Function &F : M)
    if (!F.isDeclaration() && F.getName().ends_with("rust_begin_unwind"))
      Handler = &F;

  if (Function *Begin = M.getFunction("rex_panic_begin"))
    for (User *U : Begin->users())
      if (auto *I = dyn_cast<Instruction>(U); I && I->getFunction() != Handler)
        reportFatalUsageError("rex: '" + I->getFunction()->getName() +
                              "' calls rex_panic_begin: only the panic handler may, and it must be "
                              "#[inline(never)]");
  return Handler;
}

} // namespace rex
