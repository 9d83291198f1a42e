// Each tile's keys to where all tiles' counts of smaller digits, and earlier tiles' counts of the same digit, say.
#include "grid.glsl"
#include "radix.glsl"
layout(local_size_x = WG) in;
#include "radix_buffers.glsl"
layout(binding = COUNTS_BINDING) restrict readonly buffer Counts { uint counts[]; };
layout(binding = STATE_BINDING) restrict readonly buffer Totals { uint totals[]; };
#include "radix_tile.glsl"

void main() {
  const uint tile = LinearGroup();
  if (tile >= Tiles(n)) return;
  uint keys[PER_LANE], ranks[PER_LANE];
  LoadKeys(tile, keys);
  Rank(keys, ranks);
  SumSubgroups();
  SCAN_DIGITS(starts, tile_counts[digit])
  SCAN_DIGITS(offsets, totals[digit])
  barrier();
  for (uint digit = gl_LocalInvocationIndex; digit < kRadix; digit += WG) {
    offsets[digit] += counts[digit * Tiles(n) + tile] - starts[digit];
  }
  barrier();
  Scatter(tile, keys, ranks);
}
