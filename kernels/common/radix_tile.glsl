// A tile of WG * PER_LANE keys, sorted stably by one digit and written out in runs of neighbours.
//
// Each subgroup holds a run of neighbouring keys and counts its own digits (HISTS: the most subgroups of a workgroup). The counts tell
// where the subgroup's first key of a digit goes in the sorted tile. Then votes on each bit of the digit tell an invocation who else
// has the same one (its peers), so a key's place is the first one's plus the number of such keys before it.
// Source: Adinets and Merrill, Onesweep, 2022; Ashkiani, Davidson, Meyer, Owens, GPU Multisplit, 2016.
// Needs radix.glsl, the push constants n and shift, and the buffers first_keys, from_keys, to_keys (with VALUES also those of values).
#extension GL_KHR_memory_scope_semantics : require
#define DIGITS_PER_LANE (((1 << BITS) + WG - 1) / WG)
#define T uint
#define SCAN_STEPS (2 * DIGITS_PER_LANE)
#include "workgroup_scan.glsl"

const uint kPart = kTile / ROUNDS, kPartSteps = PER_LANE / ROUNDS;
const uint kPool = HISTS * kRadix > kPart ? HISTS * kRadix : kPart;
shared uint pool[kPool];              // the subgroups' counts of each digit, then their next places; later a part of the sorted tile
shared uint offsets[kRadix];          // from a digit's places in the sorted tile to those in the array

// The digits that an invocation looks after, for j < DIGITS_PER_LANE. May be kRadix or more: none.
uint MyDigit(uint j) { return j * WG + Lane(); }

// Where in the array an invocation's key number `step` lies.
uint Place(uint tile, uint step) {
  return tile * kTile + (gl_SubgroupID * PER_LANE + step) * min(gl_SubgroupSize, WG) + gl_SubgroupInvocationID;
}

#define LOAD_TILE(from, to, beyond)                                                                  \
  if ((tile + 1) * kTile <= n) {                                                                     \
    [[unroll]] for (uint step = 0; step < PER_LANE; ++step) to[step] = from[Place(tile, step)];      \
  } else {                                                                                           \
    [[unroll]] for (uint step = 0; step < PER_LANE; ++step) {                                        \
      to[step] = beyond;                                                                             \
      if (Place(tile, step) < n) to[step] = from[Place(tile, step)];                                 \
    }                                                                                                \
  }

// Beyond the end: keys that sort last, and being last in the array too, disturb none.
void LoadKeys(uint tile, out uint keys[PER_LANE]) {
  if (shift == 0) {
    LOAD_TILE(first_keys, keys, Raw(0xFFFFFFFF, K(0)))
  } else {
    LOAD_TILE(from_keys, keys, Raw(0xFFFFFFFF, K(0)))
  }
  [[unroll]] for (uint step = 0; step < PER_LANE; ++step) keys[step] = Ordered(keys[step], K(0));
}

// The invocations of the subgroup whose key has the same digit. Words of larger subgroups than there are cost nothing.
uvec4 Peers(uint digit) {
  uvec4 peers = subgroupBallot(true);
  [[unroll]] for (uint bit = 0; bit < BITS; ++bit) {
    const bool one = (digit >> bit & 1) != 0;
    const uvec4 ones = subgroupBallot(one);
    peers.x &= one ? ones.x : ~ones.x;
    if (gl_SubgroupSize > 32) peers.yzw &= one ? ones.yzw : ~ones.yzw;
  }
  return peers;
}

uint CountBits(uvec4 words) {
  uint count = bitCount(words.x);
  if (gl_SubgroupSize > 32) count += bitCount(words.y) + bitCount(words.z) + bitCount(words.w);
  return count;
}

// Leaves the subgroups' counts in pool; counts[j]: all of MyDigit(j) in the tile.
void CountDigits(uint keys[PER_LANE], out uint counts[DIGITS_PER_LANE]) {
  for (uint i = gl_LocalInvocationIndex; i < gl_NumSubgroups * kRadix; i += WG) pool[i] = 0;
  barrier();
  [[unroll]] for (uint step = 0; step < PER_LANE; ++step) atomicAdd(pool[gl_SubgroupID * kRadix + DigitOf(keys[step], shift)], 1);
  barrier();
  [[unroll]] for (uint j = 0; j < DIGITS_PER_LANE; ++j) {
    counts[j] = 0;
    if (MyDigit(j) < kRadix) {
      for (uint i = 0; i < gl_NumSubgroups; ++i) counts[j] += pool[i * kRadix + MyDigit(j)];
    }
  }
}

// From the counts of MyDigit(j) in the tile to starts[j], its first place in the sorted tile; the subgroups' first places to pool.
// totals[j], all keys of MyDigit(j), becomes where the array's keys of that digit start.
void ScanDigits(uint counts[DIGITS_PER_LANE], out uint starts[DIGITS_PER_LANE], inout uint totals[DIGITS_PER_LANE]) {
  uint before[SCAN_STEPS];
  [[unroll]] for (uint j = 0; j < DIGITS_PER_LANE; ++j) {
    before[j] = counts[j];
    before[DIGITS_PER_LANE + j] = totals[j];
  }
  WorkgroupScan(before);
  [[unroll]] for (uint j = 0; j < DIGITS_PER_LANE; ++j) {
    starts[j] = before[j];
    totals[j] = before[DIGITS_PER_LANE + j] - kTile;      // the first half of the scan: all of the tile
    if (MyDigit(j) < kRadix) {
      uint place = starts[j];
      for (uint i = 0; i < gl_NumSubgroups; ++i) {
        const uint count = pool[i * kRadix + MyDigit(j)];
        pool[i * kRadix + MyDigit(j)] = place;
        place += count;
      }
    }
  }
  barrier();
}

void SubgroupSynchronize() {
  controlBarrier(gl_ScopeSubgroup, gl_ScopeSubgroup, gl_StorageSemanticsShared, gl_SemanticsAcquireRelease);
}

// The words whose places lie in that part of the sorted tile to pool; and from pool, neighbours to neighbours.
void PutPart(uint words[PER_LANE], uint places[PER_LANE], uint part) {
  [[unroll]] for (uint step = 0; step < PER_LANE; ++step) {
    if (ROUNDS == 1 || places[step] / kPart == part) pool[places[step] - part * kPart] = words[step];
  }
}
void TakePart(out uint words[kPartSteps]) {
  [[unroll]] for (uint step = 0; step < kPartSteps; ++step) words[step] = pool[step * WG + gl_LocalInvocationIndex];
}

// places[step]: where the key goes in the sorted tile, whose first part is in pool.
void SortTile(uint keys[PER_LANE], out uint places[PER_LANE]) {
  [[unroll]] for (uint step = 0; step < PER_LANE; ++step) {
    const uint digit = DigitOf(keys[step], shift);
    const uvec4 peers = Peers(digit);
    const uint peers_before = CountBits(peers & gl_SubgroupLtMask);
    const uint next = gl_SubgroupID * kRadix + digit, place = pool[next];
    SubgroupSynchronize();
    if (peers_before == 0) pool[next] = place + CountBits(peers);
    places[step] = place + peers_before;
    SubgroupSynchronize();
  }
  barrier();
  PutPart(keys, places, 0);
}

// A whole tile has no branch between its stores: they leave together.
#define STORE_PART(to)                                                                                     \
  if (count == kTile) {                                                                                    \
    [[unroll]] for (uint step = 0; step < kPartSteps; ++step) to[targets[part][step]] = words[step];       \
  } else {                                                                                                 \
    [[unroll]] for (uint step = 0; step < kPartSteps; ++step) {                                            \
      if (first + step * WG < count) to[targets[part][step]] = words[step];                                \
    }                                                                                                      \
  }

// offsets[] set; all of the workgroup past a barrier since then and since SortTile.
void WriteTile(uint tile, uint keys[PER_LANE], uint places[PER_LANE]) {
  const uint count = min(n - tile * kTile, kTile);
  uint words[kPartSteps], targets[ROUNDS][kPartSteps];
  [[unroll]] for (uint part = 0; part < ROUNDS; ++part) {
    const uint first = part * kPart + gl_LocalInvocationIndex;
    if (part > 0) {
      barrier();
      PutPart(keys, places, part);
      barrier();
    }
    TakePart(words);
    [[unroll]] for (uint step = 0; step < kPartSteps; ++step) {
      targets[part][step] = offsets[DigitOf(words[step], shift)] + first + step * WG;
      words[step] = Raw(words[step], K(0));
    }
    STORE_PART(to_keys)
  }
#ifdef VALUES
  uint values[PER_LANE];
  if (shift == 0) {
    LOAD_TILE(first_values, values, 0)
  } else {
    LOAD_TILE(from_values, values, 0)
  }
  [[unroll]] for (uint part = 0; part < ROUNDS; ++part) {
    const uint first = part * kPart + gl_LocalInvocationIndex;
    barrier();
    PutPart(values, places, part);
    barrier();
    TakePart(words);
    STORE_PART(to_values)
  }
#endif
}
