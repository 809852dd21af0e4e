// SPDX-License-Identifier: GPL-2.0
#pragma once

#include "CallGraph.h"

namespace rex {

/// The functions that may be on the stack twice: each lies on a cycle of the graph.
FunctionSet findRecursive(const CallGraph &Graph);

} // namespace rex
