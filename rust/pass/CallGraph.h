// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

namespace llvm {
class Constant;
class Function;
class FunctionType;
class GlobalValue;
} // namespace llvm

namespace rex {

using FunctionSet = llvm::SmallSetVector<llvm::Function *, 8>;

/// What runs, directly or not, when a set of functions is called.
///
/// An indirect call may reach each function of the same type whose address live
/// code can hold: as an operand, or through the initialisers of the statics and
/// vtables that it refers to. Calling a function through another type is
/// undefined in LLVM, and not possible in safe Rust.
class CallGraph {
public:
  struct Node {
    FunctionSet callees;  ///< of direct and indirect calls
    FunctionSet indirect; ///< of indirect calls only
    llvm::SmallSetVector<llvm::FunctionType *, 4> indirectTypes;
  };

  /// Calls to cut, if it is not null, are left out. The addresses in known may
  /// come from elsewhere, by memory or arguments.
  CallGraph(llvm::ArrayRef<llvm::Function *> roots, const llvm::Function *cut,
            llvm::ArrayRef<llvm::Function *> known = {});

  /// Live functions with a body, in the order in which they were found.
  const llvm::MapVector<llvm::Function *, Node> &nodes() const { return Nodes; }

  /// Functions whose address live code can hold.
  llvm::ArrayRef<llvm::Function *> addressTaken() const { return AddressTaken.getArrayRef(); }

  /// What live code calls or refers to and the kernel defines.
  const llvm::SetVector<const llvm::GlobalValue *> &imports() const { return Imports; }

private:
  void addLive(llvm::Function *F);
  void addReference(const llvm::Constant *C);
  void scan(llvm::Function *F);
  bool resolveIndirectCalls();

  const llvm::Function *Cut;
  llvm::MapVector<llvm::Function *, Node> Nodes;
  llvm::SmallVector<llvm::Function *, 32> Unscanned;
  llvm::SetVector<llvm::Function *> AddressTaken;
  llvm::DenseSet<const llvm::Constant *> SeenReferences;
  llvm::SetVector<const llvm::GlobalValue *> Imports;
};

} // namespace rex
