// Onesweep's start, in steps of the grid: no key counted, no tile taken in any pass, nothing published.
#include "grid.glsl"
#include "radix.glsl"
layout(local_size_x = WG) in;
#define BEFORE_DIGITS
#include "radix_buffers.glsl"
layout(binding = COUNTS_BINDING) restrict writeonly buffer Counts { uint counts[]; };
layout(binding = STATE_BINDING) restrict writeonly buffer State { uvec4 state[]; };

void main() {
  const uint first = LinearGroup() * WG + gl_LocalInvocationIndex, stride = gl_NumWorkGroups.x * gl_NumWorkGroups.y * WG;
  for (uint i = first; i < kDigits * (kRadix + 1); i += stride) counts[i] = 0;
  for (uint i = first; i < kDigits * kRadix / 4 * Tiles(n); i += stride) state[i] = uvec4(0);
}
