// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "CallGraph.h"
#include "Program.h"

#include "llvm/ADT/StringRef.h"

namespace rex {

/// Kernel symbols that a program can reach, its panics included.
struct ProgramImports {
  const Program *program;
  llvm::SmallVector<llvm::StringRef, 16> symbols;
};

/// Known are addresses of functions that programs may find in memory.
llvm::SmallVector<ProgramImports, 8> findImports(llvm::ArrayRef<Program> Programs,
                                                 llvm::ArrayRef<llvm::Function *> Known);

/// Section .rex.imports: an array of { u64 entry; char symbol[64]; }. By it the
/// kernel knows which helpers a program needs when it is asked for that program.
void emitImportTable(llvm::Module &M, llvm::ArrayRef<ProgramImports> Imports);

} // namespace rex
