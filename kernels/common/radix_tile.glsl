// A tile of WG * PER_LANE keys, sorted stably by one digit and written out in runs of neighbours.
//
// Each subgroup holds a run of neighbouring keys and counts its own digits: votes on each bit of the digit tell an invocation who
// else has the same one (its peers), so a key's rank is the number of such keys before it. HISTS: the most subgroups of a workgroup.
// Source: Adinets and Merrill, Onesweep, 2022; Ashkiani, Davidson, Meyer, Owens, GPU Multisplit, 2016.
// Needs radix.glsl, the push constants n and shift, and the buffers first_keys, from_keys, to_keys (with VALUES also those of values).

const uint kPool = HISTS * kRadix > kTile ? HISTS * kRadix : kTile;
shared uint pool[kPool];              // the subgroups' counts of each digit; later the sorted tile
shared uint tile_counts[kRadix];      // keys of each digit in the tile
shared uint starts[kRadix];           // keys of smaller digits in the tile
shared uint offsets[kRadix];          // where the digit's keys go, less `starts`

uint KeyAt(uint i) { return Ordered(shift == 0 ? first_keys[i] : from_keys[i], K(0)); }

// Where in the array an invocation's key number `step` lies.
uint Place(uint tile, uint step) {
  return tile * kTile + (gl_SubgroupID * PER_LANE + step) * min(gl_SubgroupSize, WG) + gl_SubgroupInvocationID;
}

// Beyond the end: keys that sort last, and being last in the array too, disturb none.
void LoadKeys(uint tile, out uint keys[PER_LANE]) {
  [[unroll]] for (uint step = 0; step < PER_LANE; ++step) {
    const uint i = Place(tile, step);
    keys[step] = i < n ? KeyAt(i) : 0xFFFFFFFF;
  }
}

// The invocations of the subgroup whose key has the same digit.
uvec4 Peers(uint digit) {
  uvec4 peers = subgroupBallot(true);
  [[unroll]] for (uint bit = 0; bit < BITS; ++bit) {
    const bool one = (digit >> bit & 1) != 0;
    const uvec4 ones = subgroupBallot(one);
    peers &= one ? ones : ~ones;
  }
  return peers;
}

// ranks[step]: keys of the same digit before this one in the subgroup. Leaves the subgroups' counts in pool.
void Rank(uint keys[PER_LANE], out uint ranks[PER_LANE]) {
  for (uint i = gl_LocalInvocationIndex; i < gl_NumSubgroups * kRadix; i += WG) pool[i] = 0;
  barrier();
  const uint mine = gl_SubgroupID * kRadix;
  [[unroll]] for (uint step = 0; step < PER_LANE; ++step) {
    const uint digit = DigitOf(keys[step], shift);
    const uvec4 peers = Peers(digit);
    const uint before = pool[mine + digit];
    subgroupBarrier();
    ranks[step] = before + subgroupBallotExclusiveBitCount(peers);
    if (subgroupBallotFindLSB(peers) == gl_SubgroupInvocationID) pool[mine + digit] = before + subgroupBallotBitCount(peers);
    subgroupBarrier();
  }
  barrier();
}

// Turns the subgroups' counts into the counts of the subgroups before; leaves their sums in tile_counts.
void SumSubgroups() {
  for (uint digit = gl_LocalInvocationIndex; digit < kRadix; digit += WG) {
    uint sum = 0;
    for (uint i = 0; i < gl_NumSubgroups; ++i) {
      const uint count = pool[i * kRadix + digit];
      pool[i * kRadix + digit] = sum;
      sum += count;
    }
    tile_counts[digit] = sum;
  }
  barrier();
}

// to_scan[digit] = the sum of counts[] of smaller digits; by the first subgroup alone, with no barrier.
#define SCAN_DIGITS(to_scan, count_of)                                                                       \
  if (gl_SubgroupID == 0) {                                                                                  \
    uint carry = 0;                                                                                          \
    const uint width = min(gl_SubgroupSize, WG);                                                             \
    for (uint first = 0; first < kRadix; first += width) {                                                   \
      const uint digit = first + gl_SubgroupInvocationID;                                                    \
      const uint count = digit < kRadix ? count_of : 0;                                                      \
      const uint before = carry + subgroupExclusiveAdd(count);                                               \
      if (digit < kRadix) to_scan[digit] = before;                                                           \
      carry += subgroupAdd(count);                                                                           \
    }                                                                                                        \
  }

// offsets[] set, starts[] and pool's counts as left above; all of the workgroup past a barrier since.
void Scatter(uint tile, uint keys[PER_LANE], uint ranks[PER_LANE]) {
  uint places[PER_LANE];
  [[unroll]] for (uint step = 0; step < PER_LANE; ++step) {
    const uint digit = DigitOf(keys[step], shift);
    places[step] = starts[digit] + pool[gl_SubgroupID * kRadix + digit] + ranks[step];
  }
  barrier();
  [[unroll]] for (uint step = 0; step < PER_LANE; ++step) pool[places[step]] = keys[step];
  barrier();
  const uint count = min(n - tile * kTile, kTile);
  uint targets[PER_LANE];
  [[unroll]] for (uint step = 0; step < PER_LANE; ++step) {
    const uint i = step * WG + gl_LocalInvocationIndex;
    const uint key = pool[i];
    targets[step] = offsets[DigitOf(key, shift)] + i;
    if (i < count) to_keys[targets[step]] = Raw(key, K(0));
  }
#ifdef VALUES
  uint values[PER_LANE];
  [[unroll]] for (uint step = 0; step < PER_LANE; ++step) {
    const uint i = Place(tile, step);
    values[step] = 0;
    if (i < n) values[step] = shift == 0 ? first_values[i] : from_values[i];
  }
  barrier();
  [[unroll]] for (uint step = 0; step < PER_LANE; ++step) pool[places[step]] = values[step];
  barrier();
  [[unroll]] for (uint step = 0; step < PER_LANE; ++step) {
    const uint i = step * WG + gl_LocalInvocationIndex;
    if (i < count) to_values[targets[step]] = pool[i];
  }
#endif
}
