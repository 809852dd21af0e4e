// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "CallGraph.h"
#include "Imports.h"

namespace rex {

/// One side of the object: what programs run, or what a panic runs.
struct Side {
  const CallGraph *graph;
  const FunctionSet *checked;
};

/// Tells the link step, as JSON, what it can't see in machine code: where
/// programs begin, where indirect calls lead, and which functions check their stack.
void writeReport(llvm::StringRef Path, llvm::ArrayRef<ProgramImports> Programs, const llvm::Function *PanicHandler,
                 const Side &Program, const Side &Panic);

} // namespace rex
