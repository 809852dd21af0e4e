// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "llvm/IR/PassManager.h"

namespace rex {

class CallGraph;

/// Makes the functions of Graph poll, as long as they run, whether the program is
/// asked to end. In an NMI nothing else can end it: no timer and no other NMI gets
/// through.
///
/// They poll
/// - where a loop starts over, unless it is short;
/// - at the start of each function that is called and calls others. These are all
///   that can recur, and those of a tree of calls that doubles at each level.
///
/// What runs between two polls is thus no longer than the code of a function, with
/// the short loops in it and the functions it calls that call nothing.
///
/// Not seen here are memcpy() and its kin and 128-bit division, which are machine
/// code already, and the retries that some atomic operations are made of. They end
/// by themselves: by sizes, and by the progress of others.
void insertKillPolls(const CallGraph &Graph, llvm::FunctionAnalysisManager &Analyses);

} // namespace rex
