// SPDX-License-Identifier: GPL-2.0
#include "Program.h"

#include "llvm/Analysis/ConstantFolding.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/ErrorHandling.h"

#include <optional>

using namespace llvm;

namespace rex {

// Offsets in struct rex_prog_desc, linux/src/include/uapi/linux/rex.h.
static constexpr uint64_t NameOffset = 0, TypeOffset = 192, EntryOffset = 208;

/// What networking runs, in softirqs. All other types trace: a kprobe, a
/// tracepoint or a perf event can be hit in an NMI.
enum NetworkType : uint32_t { SchedCls = 3, XDP = 6 };

bool Program::mayRunInNMI() const { return type != SchedCls && type != XDP; }

namespace {

/// The bytes of a static, however the compiler has put them together.
class Bytes {
public:
  explicit Bytes(GlobalVariable &Static) : Static(Static) {}

  Constant *at(uint64_t Offset, Type *Ty) const {
    return ConstantFoldLoadFromConst(Static.getInitializer(), Ty, APInt(64, Offset), Static.getDataLayout());
  }

  std::optional<uint64_t> integerAt(uint64_t Offset, unsigned Bits) const {
    auto *Value = dyn_cast_or_null<ConstantInt>(at(Offset, IntegerType::get(Static.getContext(), Bits)));
    return Value ? std::optional(Value->getZExtValue()) : std::nullopt;
  }

  std::string stringAt(uint64_t Offset) const {
    std::string Text;
    while (auto Char = integerAt(Offset++, 8).value_or(0))
      Text += static_cast<char>(Char);
    return Text;
  }

  Function *functionAt(uint64_t Offset) const {
    Constant *Address = at(Offset, PointerType::get(Static.getContext(), 0));
    return Address ? dyn_cast<Function>(Address->stripPointerCastsAndAliases()) : nullptr;
  }

private:
  GlobalVariable &Static;
};

} // namespace

SmallVector<Program, 8> findPrograms(Module &M) {
  SmallVector<Program, 8> Programs;

  for (GlobalVariable &Static : M.globals()) {
    if (Static.getSection() != ".rex.progs" || !Static.hasInitializer())
      continue;

    Bytes Descriptor(Static);
    std::string Name = Descriptor.stringAt(NameOffset);
    std::optional<uint64_t> Type = Descriptor.integerAt(TypeOffset, 32);
    Function *Entry = Descriptor.functionAt(EntryOffset);
    if (Name.empty() || !Type || !Entry || Entry->isDeclaration())
      reportFatalUsageError("rex: '" + Static.getName() +
                            "' in section .rex.progs: not a program descriptor with a name, a type and an entry");
    Programs.push_back({Name, static_cast<uint32_t>(*Type), Entry});
  }
  return Programs;
}

Function *findPanicHandler(Module &M) {
  Function *Handler = nullptr;

  for (Function &F : M)
    if (!F.isDeclaration() && F.getName().ends_with("rust_begin_unwind"))
      Handler = &F;

  if (Function *Begin = M.getFunction("rex_panic_begin"))
    for (User *U : Begin->users())
      if (auto *I = dyn_cast<Instruction>(U); I && I->getFunction() != Handler)
        reportFatalUsageError("rex: '" + I->getFunction()->getName() +
                              "' calls rex_panic_begin: only the panic handler may, and it must be "
                              "#[inline(never)]");
  return Handler;
}

} // namespace rex
