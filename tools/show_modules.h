// hone show --as: a variant's modules back as text.
#pragma once

#include "tools/results.h"

namespace hone {

// Prints every pass of --variant as --as says; the element types are those of --problem. Returns the exit status.
// Errors: Error when it is not stored, or cannot be said in that language.
int ShowModules(const Store& store, const Kernel& kernel, const Arguments& arguments);

}  // namespace hone
