// Onesweep's start: no key counted, no tile taken in any pass, nothing published.
#include "grid.glsl"
#include "radix.glsl"
layout(local_size_x = WG) in;
#define BEFORE_DIGITS
#include "radix_buffers.glsl"
layout(binding = COUNTS_BINDING) restrict writeonly buffer Counts { uint counts[]; };
layout(binding = STATE_BINDING) restrict writeonly buffer State { uint state[]; };

void main() {
  const uint i = LinearGroup() * WG + gl_LocalInvocationIndex;
  if (i < kDigits * (kRadix + 1)) counts[i] = 0;
  if (i < kDigits * kRadix * Tiles(n)) state[i] = 0;
}
