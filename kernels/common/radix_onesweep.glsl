// One pass of onesweep. A workgroup takes a tile (with TICKET the next one in order), publishes its digits' counts, learns those of all
// tiles before from what their workgroups published (decoupled look-back, an invocation a digit), and writes. Where a predecessor
// stays silent its keys are counted again here, so that the dispatch ends on every device.
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
const uint kPatience = 64;
const uint kAhead = 4;              // tiles looked at together, so that their words travel together

shared uint my_tile;
shared uint stuck;                  // 0, or the largest end that an invocation could not pass

uint StateAt(uint tile, uint digit) { return (shift / BITS * Tiles(n) + tile) * kRadix + digit; }

uint TakeTile() {
#if TICKET
  if (gl_LocalInvocationIndex == 0) my_tile = atomicAdd(counts[kDigits * kRadix + shift / BITS], 1);
  barrier();
  return my_tile;
#else
  return LinearGroup();
#endif
}

// Adds the counts of the tiles before `end` to sum; ends with end = 0, or at a tile that stays silent.
void LookBack(uint digit, inout uint end, inout uint sum) {
  uint looks = 0;
  while (end > 0 && looks < kPatience) {
    uint words[kAhead];
    [[unroll]] for (uint i = 0; i < kAhead; ++i) words[i] = LOAD_WORD(state[StateAt(max(end, i + 1) - 1 - i, digit)]);
    ++looks;
    bool silent = false;
    [[unroll]] for (uint i = 0; i < kAhead; ++i) {
      silent = silent || words[i] < kOwn;
      if (end > 0 && !silent) {
        sum += words[i] & kCount;
        end = words[i] < kAll ? end - 1 : 0;
        looks = 0;
      }
    }
  }
}

// offsets[], not yet in use: how many of a tile's keys have each digit.
void Recount(uint tile) {
  for (uint digit = gl_LocalInvocationIndex; digit < kRadix; digit += WG) offsets[digit] = 0;
  barrier();
  for (uint i = tile * kTile + gl_LocalInvocationIndex; i < (tile + 1) * kTile; i += WG) {
    atomicAdd(offsets[DigitOf(Ordered(shift == 0 ? first_keys[i] : from_keys[i], K(0)), shift)], 1);
  }
  barrier();
}

// sums[j]: keys of MyDigit(j) in all tiles before.
void CountBefore(uint tile, out uint sums[DIGITS_PER_LANE]) {
  uint ends[DIGITS_PER_LANE];
  [[unroll]] for (uint j = 0; j < DIGITS_PER_LANE; ++j) {
    ends[j] = MyDigit(j) < kRadix ? tile : 0;
    sums[j] = 0;
  }
  while (true) {
    if (gl_LocalInvocationIndex == 0) stuck = 0;
    barrier();
    uint furthest = 0;
    [[unroll]] for (uint j = 0; j < DIGITS_PER_LANE; ++j) {
      LookBack(MyDigit(j), ends[j], sums[j]);
      furthest = max(furthest, ends[j]);
    }
    if (furthest > 0) atomicMax(stuck, furthest);
    barrier();
    const uint silent = stuck;
    if (silent == 0) break;
    Recount(silent - 1);
    [[unroll]] for (uint j = 0; j < DIGITS_PER_LANE; ++j) {
      if (ends[j] == silent) {
        sums[j] += offsets[MyDigit(j)];
        --ends[j];
      }
    }
    barrier();
  }
}

void main() {
  const uint tile = TakeTile();
  if (tile >= Tiles(n)) return;
  uint totals[DIGITS_PER_LANE];
  [[unroll]] for (uint j = 0; j < DIGITS_PER_LANE; ++j) {
    totals[j] = MyDigit(j) < kRadix ? counts[shift / BITS * kRadix + MyDigit(j)] : 0;
  }
  uint keys[PER_LANE], places[PER_LANE], counts_of[DIGITS_PER_LANE], starts[DIGITS_PER_LANE];
  LoadKeys(tile, keys);
  CountDigits(keys, counts_of);
  // The last tile's filling has the largest digit, and nobody asks for the last tile's counts.
  [[unroll]] for (uint j = 0; j < DIGITS_PER_LANE; ++j) {
    if (MyDigit(j) < kRadix) STORE_WORD(state[StateAt(tile, MyDigit(j))], (tile == 0 ? kAll : kOwn) | counts_of[j]);
  }
  ScanDigits(counts_of, starts, totals);
  SortTile(keys, places);
  uint before[DIGITS_PER_LANE];
  CountBefore(tile, before);
  [[unroll]] for (uint j = 0; j < DIGITS_PER_LANE; ++j) {
    const uint digit = MyDigit(j);
    if (digit < kRadix) {
      if (tile > 0) STORE_WORD(state[StateAt(tile, digit)], kAll | before[j] + counts_of[j]);
      offsets[digit] = totals[j] + before[j] - starts[j];
    }
  }
  barrier();
  WriteTile(tile, keys, places);
}
