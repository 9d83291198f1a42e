// Modules with specialization constants, replaced by what ships for each variant. Private to db/.
#pragma once

#include "db/pack.h"
#include "db/sqlite.h"

namespace hone {

// In a transaction of its own; leaves no free pages. Errors: Error for damage, and the freezer's.
void FreezeModules(Database& packed, const ModuleFreezer& freeze);

}  // namespace hone
