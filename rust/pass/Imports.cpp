// SPDX-License-Identifier: GPL-2.0
#include "Imports.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"

using namespace llvm;

namespace rex {

static constexpr size_t SymbolSize = 64;

// What core declares and the object brings along, as machine code.
static constexpr StringLiteral MemoryFunctions[] = {"memcpy", "memmove", "memset", "memcmp", "bcmp", "strlen"};

SmallVector<ProgramImports, 8> findImports(ArrayRef<Program> Programs, ArrayRef<Function *> Known) {
  SmallVector<ProgramImports, 8> Result;

  for (const Program &P : Programs) {
    ProgramImports &Imports = Result.emplace_back(ProgramImports{&P, {}});
    CallGraph Reachable(P.entry, nullptr, Known);
    for (const GlobalValue *V : Reachable.imports())
      if (!is_contained(MemoryFunctions, V->getName()))
        Imports.symbols.push_back(V->getName());
    llvm::sort(Imports.symbols);
  }
  return Result;
}

void emitImportTable(Module &M, ArrayRef<ProgramImports> Imports) {
  LLVMContext &C = M.getContext();
  auto *Pointer = PointerType::get(C, 0);
  auto *Record = StructType::get(C, {Pointer, ArrayType::get(Type::getInt8Ty(C), SymbolSize)});
  SmallVector<Constant *, 32> Records;

  for (const ProgramImports &I : Imports)
    for (StringRef Symbol : I.symbols) {
      if (Symbol.size() >= SymbolSize)
        reportFatalUsageError("rex: the name of kernel symbol '" + Symbol + "' is too long");
      SmallString<SymbolSize> Padded(Symbol);
      Padded.resize(SymbolSize, '\0');
      Records.push_back(
          ConstantStruct::get(Record, {I.program->entry, ConstantDataArray::getString(C, Padded, false)}));
    }
  if (Records.empty())
    return;

  auto *Type = ArrayType::get(Record, Records.size());
  auto *Table = new GlobalVariable(M, Type, /*isConstant=*/true, GlobalValue::PrivateLinkage,
                                   ConstantArray::get(Type, Records), "rex_imports");
  Table->setSection(".rex.imports");
  Table->setAlignment(Align(8));
  appendToUsed(M, {Table});
}

} // namespace rex
