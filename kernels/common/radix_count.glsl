// counts[digit][tile] = the tile's keys of that digit.
#include "grid.glsl"
#include "radix.glsl"
layout(local_size_x = WG) in;
#include "radix_buffers.glsl"
layout(binding = COUNTS_BINDING) restrict writeonly buffer Counts { uint counts[]; };

shared uint tile_counts[kRadix];

void main() {
  const uint tile = LinearGroup();
  if (tile >= Tiles(n)) return;
  for (uint digit = gl_LocalInvocationIndex; digit < kRadix; digit += WG) tile_counts[digit] = 0;
  barrier();
  [[unroll]] for (uint step = 0; step < PER_LANE; ++step) {
    const uint i = tile * kTile + step * WG + gl_LocalInvocationIndex;
    if (i < n) atomicAdd(tile_counts[DigitOf(Ordered(shift == 0 ? first_keys[i] : from_keys[i], K(0)), shift)], 1);
  }
  barrier();
  for (uint digit = gl_LocalInvocationIndex; digit < kRadix; digit += WG) counts[digit * Tiles(n) + tile] = tile_counts[digit];
}
