// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

namespace llvm {
class Function;
class GlobalVariable;
class Module;
} // namespace llvm

namespace rex {

/// A program of the object: what the kernel calls.
struct Program {
  llvm::StringRef name;
  llvm::Function *entry;
};

/// The programs that the descriptors in section .rex.progs name. A descriptor
/// is the kernel's struct rex_prog_desc: its name comes first, its entry last.
llvm::SmallVector<Program, 8> findPrograms(llvm::Module &M);

/// The function behind #[panic_handler], or null. It opens the stack reserve for
/// panics by calling rex_panic_begin(), so nothing else may call that.
llvm::Function *findPanicHandler(llvm::Module &M);

} // namespace rex
