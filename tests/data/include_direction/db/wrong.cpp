// For tests/include_direction.cmake: each of these is against the direction of the folders.
#include <vulkan/vulkan.h>
#include "runtime/context.h"
#include "store.h"
