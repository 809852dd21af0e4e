// SPDX-License-Identifier: GPL-2.0
#include "CallGraph.h"

#include "llvm/IR/Constants.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace rex {

CallGraph::CallGraph(ArrayRef<Function *> Roots, const Function *Cut, ArrayRef<Function *> Known)
    : Cut(Cut), AddressTaken(Known.begin(), Known.end()) {
  for (Function *Root : Roots)
    addLive(Root);
  // A new live function may hold new addresses, and those be called by old ones.
  do {
    while (!Unscanned.empty())
      scan(Unscanned.pop_back_val());
  } while (resolveIndirectCalls());
}

void CallGraph::addLive(Function *F) {
  if (Nodes.try_emplace(F).second)
    Unscanned.push_back(F);
}

/// Live code refers to C other than by calling it.
void CallGraph::addReference(const Constant *C) {
  if (!SeenReferences.insert(C).second)
    return;
  if (auto *F = dyn_cast<Function>(C)) {
    if (F->isIntrinsic() || F == Cut)
      return;
    if (F->isDeclaration())
      Imports.insert(F);
    else
      AddressTaken.insert(const_cast<Function *>(F));
    return;
  }
  if (auto *V = dyn_cast<GlobalVariable>(C); V && V->isDeclaration())
    Imports.insert(V);
  // An initialiser, an aliasee, the parts of an expression or an aggregate.
  for (const Use &Part : C->operands())
    if (auto *K = dyn_cast<Constant>(Part))
      addReference(K);
}

void CallGraph::scan(Function *F) {
  // Not a reference to the map's element: addLive() moves them.
  auto AddCallee = [&](Function *Callee) {
    if (Callee == Cut)
      return;
    Nodes[F].callees.insert(Callee);
    addLive(Callee);
  };

  for (Instruction &I : instructions(F)) {
    auto *Call = dyn_cast<CallBase>(&I);
    for (Use &Operand : I.operands())
      if (auto *C = dyn_cast<Constant>(Operand); C && !(Call && Call->isCallee(&Operand)))
        addReference(C);
    if (!Call)
      continue;

    Value *Callee = Call->getCalledOperand()->stripPointerCastsAndAliases();
    auto *Direct = dyn_cast<Function>(Callee);
    if (Direct && Direct->isIntrinsic())
      continue;
    if (Direct && !Direct->isDeclaration()) {
      AddCallee(Direct);
    } else if (Direct || Call->isInlineAsm()) {
      // The kernel may call back what it is given, and assembly its operands.
      if (Direct)
        Imports.insert(Direct);
      for (Value *Argument : Call->args())
        if (auto *Callback = dyn_cast<Function>(Argument->stripPointerCastsAndAliases());
            Callback && !Callback->isDeclaration())
          AddCallee(Callback);
    } else {
      Nodes[F].indirectTypes.insert(Call->getFunctionType());
    }
  }
}

/// True if that made more functions live.
bool CallGraph::resolveIndirectCalls() {
  SmallVector<Function *, 32> Targets;

  for (auto &[F, Node] : Nodes)
    for (Function *Target : AddressTaken)
      if (Node.indirectTypes.contains(Target->getFunctionType())) {
        Node.callees.insert(Target);
        Node.indirect.insert(Target);
        Targets.push_back(Target);
      }
  for (Function *Target : Targets)
    addLive(Target);
  return !Unscanned.empty();
}

} // namespace rex
