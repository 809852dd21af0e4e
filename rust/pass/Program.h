// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "llvm/ADT/SmallVector.h"

#include <cstdint>
#include <string>

namespace llvm {
class Function;
class Module;
} // namespace llvm

namespace rex {

/// A program of the object: what the kernel calls.
struct Program {
  std::string name;
  uint32_t type; ///< BPF_PROG_TYPE_*
  llvm::Function *entry;

  /// True if an NMI may run it, where nothing can interrupt it.
  bool mayRunInNMI() const;
};

/// The programs that the descriptors in section .rex.progs name. A descriptor
/// is the kernel's struct rex_prog_desc.
llvm::SmallVector<Program, 8> findPrograms(llvm::Module &M);

/// The function behind #[panic_handler], or null. It opens the stack reserve for
/// panics by calling rex_panic_begin(), so nothing else may call that.
llvm::Function *findPanicHandler(llvm::Module &M);

} // namespace rex
