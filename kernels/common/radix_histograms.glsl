// Onesweep's first look at the keys: counts[pass][digit] for every pass, in steps of the grid.
#include "grid.glsl"
#include "radix.glsl"
layout(local_size_x = WG) in;
#define BEFORE_DIGITS
#include "radix_buffers.glsl"
layout(binding = COUNTS_BINDING) restrict buffer Counts { uint counts[]; };

shared uint group_counts[kDigits * kRadix];

void Count(uint raw) {
  const uint key = Ordered(raw, K(0));
  [[unroll]] for (uint pass = 0; pass < kDigits; ++pass) atomicAdd(group_counts[pass * kRadix + DigitOf(key, pass * BITS)], 1);
}

void main() {
  for (uint i = gl_LocalInvocationIndex; i < kDigits * kRadix; i += WG) group_counts[i] = 0;
  barrier();
  const uint stride = gl_NumWorkGroups.x * gl_NumWorkGroups.y * kTile;
  for (uint first = LinearGroup() * kTile; first < n; first += stride) {
    if (first + kTile <= n) {
      uint keys[PER_LANE];
      [[unroll]] for (uint step = 0; step < PER_LANE; ++step) keys[step] = first_keys[first + step * WG + gl_LocalInvocationIndex];
      [[unroll]] for (uint step = 0; step < PER_LANE; ++step) Count(keys[step]);
    } else {
      for (uint i = first + gl_LocalInvocationIndex; i < n; i += WG) Count(first_keys[i]);
    }
  }
  barrier();
  for (uint i = gl_LocalInvocationIndex; i < kDigits * kRadix; i += WG) {
    if (group_counts[i] > 0) atomicAdd(counts[i], group_counts[i]);
  }
}
