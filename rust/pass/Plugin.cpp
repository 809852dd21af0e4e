// SPDX-License-Identifier: GPL-2.0
//
// The passes that the linker runs over the whole program, core included: a small one
// before all of LLVM's own, and one after them, which sees what becomes machine code.
#include "CallGraph.h"
#include "Cycles.h"
#include "Imports.h"
#include "KillPoll.h"
#include "Program.h"
#include "Report.h"
#include "StackCheck.h"
#include "ZeroStack.h"

#include "llvm/IR/Module.h"
#include "llvm/Passes/PassBuilder.h"
#if __has_include("llvm/Plugins/PassPlugin.h")
#include "llvm/Plugins/PassPlugin.h" // LLVM 22
#else
#include "llvm/Passes/PassPlugin.h"
#endif
#include "llvm/Support/ErrorHandling.h"

#include <cstdlib>

using namespace llvm;

namespace {

struct ZeroStackPass : PassInfoMixin<ZeroStackPass> {
  PreservedAnalyses run(Module &M, ModuleAnalysisManager &) {
    rex::zeroStack(M);
    return PreservedAnalyses::none();
  }

  static bool isRequired() { return true; }
};

struct RexPass : PassInfoMixin<RexPass> {
  PreservedAnalyses run(Module &M, ModuleAnalysisManager &Analyses) {
    if (!M.getModuleInlineAsm().empty())
      reportFatalUsageError("rex: the object contains global_asm!: extensions are made of Rust only");
    auto Programs = rex::findPrograms(M);
    Function *Handler = rex::findPanicHandler(M);
    SmallVector<Function *, 8> Entries, EntriesInNMI, Handlers;
    for (const rex::Program &P : Programs) {
      Entries.push_back(P.entry);
      if (P.mayRunInNMI())
        EntriesInNMI.push_back(P.entry);
    }
    if (Handler)
      Handlers.push_back(Handler);

    // A panic has a stack reserve of its own, so what it may need is no cost of
    // the program: its side of the graph is separate, with checks of its own.
    // The handler can't come twice: rex_panic_begin() then ends the program.
    //
    // The values in a panic's message, and with them the addresses of their
    // Display functions, come from the program. The other way there are only
    // statics that a Display writes; the guard page stands behind these.
    rex::CallGraph ProgramGraph(Entries, Handler);
    rex::CallGraph PanicGraph(Handlers, Handler, ProgramGraph.addressTaken());
    rex::FunctionSet ProgramChecked = rex::findRecursive(ProgramGraph);
    rex::FunctionSet PanicChecked = rex::findRecursive(PanicGraph);

    // A program can find a function's address where another has left it.
    rex::CallGraph Whole(Entries, nullptr);
    // Panics included: formatting a message takes its time, too.
    rex::CallGraph InNMI(EntriesInNMI, nullptr, Whole.addressTaken());
    rex::insertKillPolls(InNMI, Analyses.getResult<FunctionAnalysisManagerModuleProxy>(M).getManager());
    rex::FunctionSet Checked = ProgramChecked;
    Checked.insert_range(PanicChecked);
    for (Function *F : Checked)
      rex::insertStackCheck(*F);

    auto Imports = rex::findImports(Programs, Whole.addressTaken());
    rex::emitImportTable(M, Imports);
    if (const char *Path = std::getenv("REX_PASS_REPORT"))
      rex::writeReport(Path, Imports, Handler, {&ProgramGraph, &ProgramChecked}, {&PanicGraph, &PanicChecked});
    else
      reportFatalUsageError("rex: the pass runs under rex-ld only");
    return PreservedAnalyses::none();
  }

  // Debug builds too.
  static bool isRequired() { return true; }
};

} // namespace

extern "C" LLVM_ATTRIBUTE_WEAK PassPluginLibraryInfo llvmGetPassPluginInfo() {
  return {LLVM_PLUGIN_API_VERSION, "rex", LLVM_VERSION_STRING, [](PassBuilder &PB) {
            PB.registerFullLinkTimeOptimizationEarlyEPCallback(
                [](ModulePassManager &MPM, OptimizationLevel) { MPM.addPass(ZeroStackPass()); });
            PB.registerFullLinkTimeOptimizationLastEPCallback(
                [](ModulePassManager &MPM, OptimizationLevel) { MPM.addPass(RexPass()); });
          }};
}
