// One workgroup a digit: its tiles' counts become the counts of all tiles before; totals[digit] = their sum.
#include "grid.glsl"
#define T uint
#define SCAN_STEPS 4
#include "radix.glsl"
#include "workgroup_scan.glsl"
layout(local_size_x = WG) in;
#include "radix_buffers.glsl"
layout(binding = COUNTS_BINDING) restrict buffer Counts { uint counts[]; };
layout(binding = STATE_BINDING) restrict writeonly buffer Totals { uint totals[]; };

void main() {
  const uint digit = LinearGroup();
  if (digit >= kRadix) return;
  const uint tiles = Tiles(n), row = digit * tiles;
  uint carry = 0;
  for (uint first = 0; first < tiles; first += SCAN_STEPS * WG) {
    uint e[SCAN_STEPS];
    [[unroll]] for (uint s = 0; s < SCAN_STEPS; ++s) {
      const uint i = first + s * WG + Lane();
      e[s] = i < tiles ? counts[row + i] : 0;
    }
    const uint total = WorkgroupScan(e);
    [[unroll]] for (uint s = 0; s < SCAN_STEPS; ++s) {
      const uint i = first + s * WG + Lane();
      if (i < tiles) counts[row + i] = carry + e[s];
    }
    carry += total;
    barrier();
  }
  if (Lane() == 0) totals[digit] = carry;
}
