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
  uint totals_of[DIGITS_PER_LANE];
  [[unroll]] for (uint j = 0; j < DIGITS_PER_LANE; ++j) totals_of[j] = MyDigit(j) < kRadix ? totals[MyDigit(j)] : 0;
  uint keys[PER_LANE], places[PER_LANE], counts_of[DIGITS_PER_LANE], starts[DIGITS_PER_LANE];
  LoadKeys(tile, keys);
  CountDigits(keys, counts_of);
  ScanDigits(counts_of, starts, totals_of);
  [[unroll]] for (uint j = 0; j < DIGITS_PER_LANE; ++j) {
    const uint digit = MyDigit(j);
    if (digit < kRadix) offsets[digit] = totals_of[j] + counts[digit * Tiles(n) + tile] - starts[j];
  }
  SortTile(keys, places);
  barrier();
  WriteTile(tile, keys, places);
}
