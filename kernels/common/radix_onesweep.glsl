// One pass of onesweep. A workgroup takes the next tile in order, publishes its digits' counts, learns those of all tiles before from
// what their workgroups published (decoupled look-back, an invocation a digit), and writes. Where a predecessor stays silent its
// keys are counted again here, so that the dispatch ends on every device.
//
// state[pass][tile][digit]: a count of at most 2^30 - 1 and in the two bits above it kOwn (the tile's) or kAll (up to the tile).
// counts: [pass][digit] of all keys, then a ticket for each pass.
#include "grid.glsl"
#include "device_memory.glsl"
#include "radix.glsl"
layout(local_size_x = WG) in;
#include "radix_buffers.glsl"
layout(binding = COUNTS_BINDING) restrict buffer Counts { uint counts[]; };
layout(binding = STATE_BINDING) restrict buffer State { uint state[]; };
#include "radix_tile.glsl"

const uint kOwn = 1u << 30, kAll = 2u << 30, kCount = kOwn - 1;
const uint kPatience = 256;
const uint kPerInvocation = (kRadix + WG - 1) / WG;   // digits

shared uint my_tile;
shared uint stuck;                  // 0, or the largest end that an invocation could not pass
shared uint recounts[kRadix];

uint StateAt(uint tile, uint digit) { return (shift / BITS * Tiles(n) + tile) * kRadix + digit; }

// Adds the counts of the tiles before `end` to sum; ends with end = 0, or at a tile that stays silent.
void LookBack(uint digit, inout uint end, inout uint sum) {
  uint looks = 0;
  while (end > 0 && looks < kPatience) {
    const uint word = LOAD_WORD(state[StateAt(end - 1, digit)]);
    if (word < kOwn) {
      ++looks;
      continue;
    }
    looks = 0;
    sum += word & kCount;
    end = word < kAll ? end - 1 : 0;
  }
}

// recounts[]: the digits of a tile's keys.
void Recount(uint tile) {
  for (uint digit = gl_LocalInvocationIndex; digit < kRadix; digit += WG) recounts[digit] = 0;
  barrier();
  for (uint i = tile * kTile + gl_LocalInvocationIndex; i < (tile + 1) * kTile; i += WG) atomicAdd(recounts[DigitOf(KeyAt(i), shift)], 1);
  barrier();
}

// sums[j]: keys of digit gl_LocalInvocationIndex + j * WG in all tiles before.
void CountBefore(uint tile, out uint sums[kPerInvocation]) {
  uint ends[kPerInvocation];
  [[unroll]] for (uint j = 0; j < kPerInvocation; ++j) {
    ends[j] = tile;
    sums[j] = 0;
  }
  while (true) {
    if (gl_LocalInvocationIndex == 0) stuck = 0;
    barrier();
    uint furthest = 0;
    [[unroll]] for (uint j = 0; j < kPerInvocation; ++j) {
      const uint digit = gl_LocalInvocationIndex + j * WG;
      if (digit < kRadix) {
        LookBack(digit, ends[j], sums[j]);
        furthest = max(furthest, ends[j]);
      }
    }
    if (furthest > 0) atomicMax(stuck, furthest);
    barrier();
    const uint silent = stuck;
    if (silent == 0) break;
    Recount(silent - 1);
    [[unroll]] for (uint j = 0; j < kPerInvocation; ++j) {
      const uint digit = gl_LocalInvocationIndex + j * WG;
      if (digit < kRadix && ends[j] == silent) {
        sums[j] += recounts[digit];
        --ends[j];
      }
    }
    barrier();
  }
}

void main() {
  if (gl_LocalInvocationIndex == 0) my_tile = atomicAdd(counts[kDigits * kRadix + shift / BITS], 1);
  barrier();
  const uint tile = my_tile;
  if (tile >= Tiles(n)) return;
  uint keys[PER_LANE], ranks[PER_LANE];
  LoadKeys(tile, keys);
  Rank(keys, ranks);
  SumSubgroups();
  // The last tile's filling has the largest digit, and nobody asks for the last tile's counts.
  for (uint digit = gl_LocalInvocationIndex; digit < kRadix; digit += WG) {
    STORE_WORD(state[StateAt(tile, digit)], (tile == 0 ? kAll : kOwn) | tile_counts[digit]);
  }
  SCAN_DIGITS(starts, tile_counts[digit])
  SCAN_DIGITS(offsets, counts[shift / BITS * kRadix + digit])
  uint before[kPerInvocation];
  CountBefore(tile, before);
  [[unroll]] for (uint j = 0; j < kPerInvocation; ++j) {
    const uint digit = gl_LocalInvocationIndex + j * WG;
    if (digit < kRadix) {
      if (tile > 0) STORE_WORD(state[StateAt(tile, digit)], kAll | before[j] + tile_counts[digit]);
      offsets[digit] += before[j] - starts[digit];
    }
  }
  barrier();
  Scatter(tile, keys, ranks);
}
