// What a packed database holds: which rows of the one it is made from. Private to db/.
#pragma once

#include "db/merge_copy.h"
#include "db/pack.h"
#include "db/store.h"

namespace hone {

struct Packing {
  Selection rows;
  PackResult result;  // but for what is known of the file only: its modules and size
};

// Errors: as Store.
Packing SelectForPack(Store& store, const PackOptions& options);

}  // namespace hone
