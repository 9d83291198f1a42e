// The sum of all tiles before a tile, from what their workgroups publish (decoupled look-back).
//
// A tile's state is two words, each with half of the value's bits and a mark: kNothing, kOwn (the tile's own sum) or kAll (the sum
// up to and with this tile). A value is whole when both marks agree, so no ordering of memory is needed between the words.
// Needs T of four bytes, `state` (uint words), and the subgroup extensions of tile_scan.glsl.
#extension GL_KHR_shader_subgroup_vote : require
#extension GL_KHR_shader_subgroup_ballot : require

const uint kNothing = 0, kOwn = 1, kAll = 2;

void Publish(uint tile, T value, uint mark) {
  const uint bits = ToBits(value);
  STORE_WORD(state[2 * tile], mark << 16 | bits & 0xFFFF);
  STORE_WORD(state[2 * tile + 1], mark << 16 | bits >> 16);
}

// The mark, and the value when the mark is not kNothing.
uint Look(uint tile, out T value) {
  const uint low = LOAD_WORD(state[2 * tile]);
  const uint high = LOAD_WORD(state[2 * tile + 1]);
  FromBits(high << 16 | low & 0xFFFF, value);
  return low >> 16 == high >> 16 ? low >> 16 : kNothing;
}

// One subgroup looks back, each invocation at LOOKS tiles. At entry the tiles before `end` are still to be added to sum; true when
// none is left. False: tile end - 1 has not published for PATIENCE looks; the caller adds it itself and calls again.
bool LookBack(inout uint end, inout T sum) {
  const uint width = min(gl_SubgroupSize, WG), reach = LOOKS * width;
  uint looks = 0;
  while (end > 0) {
    // Tile end - 1 - at, for at = gl_SubgroupInvocationID, a subgroup's width further on, ...
    T values[LOOKS];
    uint unready = reach, complete = reach;
    [[unroll]] for (uint i = 0; i < LOOKS; ++i) {
      const uint at = i * width + gl_SubgroupInvocationID;
      values[i] = T(0);
      uint mark = kAll;                                 // before the first tile: a sum of nothing
      if (at < end) mark = Look(end - 1 - at, values[i]);
      if (mark == kNothing) unready = min(unready, at);
      if (mark == kAll) complete = min(complete, at);
    }
    unready = subgroupMin(unready);
    complete = subgroupMin(complete);
    const uint usable = min(unready, min(complete + 1, reach));
    T found = T(0);
    [[unroll]] for (uint i = 0; i < LOOKS; ++i) found += i * width + gl_SubgroupInvocationID < usable ? values[i] : T(0);
    sum += subgroupAdd(found);
    if (complete < unready) return true;
    end -= usable;
    looks = usable > 0 ? 0 : looks + 1;
    if (looks >= PATIENCE) return false;
  }
  return true;
}
