// The sum of all tiles before a tile, from what their workgroups publish (decoupled look-back).
//
// A tile's state is two words, each with half of the value's bits and a mark: kNothing, kOwn (the tile's own sum) or kAll (the sum
// up to and with this tile). A value is whole when both marks agree, so no ordering of memory is needed between the words. States lie
// SPREAD states apart, since whole waves of workgroups look at the same few: side by side, one part of the cache answers them all.
// Needs T of four bytes, `state` (uint words), and the subgroup extensions of tile.glsl.

const uint kNothing = 0, kOwn = 1, kAll = 2;
const uint kPatience = 64;

void Publish(uint tile, T value, uint mark) {
  const uint bits = ToBits(value);
  STORE_WORD(state[2 * SPREAD * tile], mark << 16 | bits & 0xFFFF);
  STORE_WORD(state[2 * SPREAD * tile + 1], mark << 16 | bits >> 16);
}

// The mark, and the value when the mark is not kNothing.
uint Look(uint tile, out T value) {
  const uint low = LOAD_WORD(state[2 * SPREAD * tile]);
  const uint high = LOAD_WORD(state[2 * SPREAD * tile + 1]);
  FromBits(high << 16 | low & 0xFFFF, value);
  return low >> 16 == high >> 16 ? low >> 16 : kNothing;
}

// One subgroup looks back, each invocation at one tile. At entry the tiles before `end` are still to be added to sum; true when none
// is left. False: tile end - 1 has not published for kPatience looks; the caller adds it itself and calls again.
bool LookBack(inout uint end, inout T sum) {
  const uint width = min(gl_SubgroupSize, WG), at = gl_SubgroupInvocationID;
  uint looks = 0;
  while (end > 0) {
    T value = T(0);
    uint mark = kAll;                                   // before the first tile: a sum of nothing
    if (at < end) mark = Look(end - 1 - at, value);
    const uint unready = subgroupMin(mark == kNothing ? at : width);
    const uint complete = subgroupMin(mark == kAll ? at : width);
    const uint usable = min(unready, min(complete + 1, width));
    sum += subgroupAdd(at < usable ? value : T(0));
    if (complete < unready) return true;
    end -= usable;
    looks = usable > 0 ? 0 : looks + 1;
    if (looks >= kPatience) return false;
  }
  return true;
}
