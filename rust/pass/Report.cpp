// SPDX-License-Identifier: GPL-2.0
#include "Report.h"

#include "llvm/IR/Function.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace rex {

static json::Array names(const FunctionSet &Functions) {
  json::Array Names;
  for (const Function *F : Functions)
    Names.push_back(F->getName());
  return Names;
}

static json::Object describe(const Side &S) {
  json::Object Indirect;
  for (auto &[F, Node] : S.graph->nodes())
    if (!Node.indirectTypes.empty())
      Indirect[F->getName()] = names(Node.indirect);
  return json::Object{{"checked", names(*S.checked)}, {"indirect", std::move(Indirect)}};
}

void writeReport(StringRef Path, ArrayRef<ProgramImports> Programs, const Function *PanicHandler, const Side &Program,
                 const Side &Panic) {
  json::Array List;
  for (const ProgramImports &P : Programs)
    List.push_back(json::Object{
        {"name", P.program->name}, {"entry", P.program->entry->getName()}, {"imports", json::Array(P.symbols)}});
  json::Object Report{{"programs", std::move(List)},
                      {"panic_handler", PanicHandler ? PanicHandler->getName() : ""},
                      {"program_side", describe(Program)},
                      {"panic_side", describe(Panic)}};

  std::error_code Error;
  raw_fd_ostream Out(Path, Error);
  if (Error)
    reportFatalUsageError("rex: can't write " + Path + ": " + Error.message());
  Out << json::Value(std::move(Report)) << "\n";
}

} // namespace rex
