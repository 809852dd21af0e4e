// SPDX-License-Identifier: GPL-2.0
#include "Cycles.h"

#include "llvm/ADT/DenseMap.h"

#include <algorithm>

using namespace llvm;

namespace rex {

namespace {

/// Tarjan's strongly connected components, without recursion of its own.
class Components {
public:
  explicit Components(const CallGraph &Graph) : Graph(Graph) {
    for (auto &[F, Node] : Graph.nodes())
      if (!States.contains(F))
        visit(F);
  }

  FunctionSet Recursive;

private:
  struct State {
    unsigned index, lowest;
    bool open;
  };
  struct Step {
    Function *function;
    unsigned next; ///< callee to look at
  };

  void enter(Function *F) {
    unsigned Index = States.size();
    States[F] = {Index, Index, true};
    Open.push_back(F);
    Path.push_back({F, 0});
  }

  void visit(Function *Root) {
    enter(Root);
    while (!Path.empty()) {
      auto [F, Next] = Path.back();
      const FunctionSet &Callees = Graph.nodes().find(F)->second.callees;
      if (Next == Callees.size()) {
        leave(F);
        continue;
      }
      Path.back().next++;
      Function *Callee = Callees[Next];
      if (Callee == F)
        Recursive.insert(F);
      if (auto Known = States.find(Callee); Known == States.end())
        enter(Callee);
      else if (Known->second.open)
        States[F].lowest = std::min(States[F].lowest, Known->second.index);
    }
  }

  void leave(Function *F) {
    Path.pop_back();
    State Own = States[F];
    if (!Path.empty()) {
      State &Caller = States[Path.back().function];
      Caller.lowest = std::min(Caller.lowest, Own.lowest);
    }
    if (Own.lowest != Own.index)
      return;

    // F and what was opened since are one component.
    bool Several = Open.back() != F;
    Function *Member;
    do {
      Member = Open.pop_back_val();
      States[Member].open = false;
      if (Several)
        Recursive.insert(Member);
    } while (Member != F);
  }

  const CallGraph &Graph;
  DenseMap<Function *, State> States;
  SmallVector<Function *, 32> Open;
  SmallVector<Step, 32> Path;
};

} // namespace

FunctionSet findRecursive(const CallGraph &Graph) { return Components(Graph).Recursive; }

} // namespace rex
