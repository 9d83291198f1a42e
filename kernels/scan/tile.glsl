// A tile of WG * PER_LANE packets: loaded, scanned within itself, and stored on top of the sum of all tiles before it; for any
// subgroup size of 4 or more.
//
// Each subgroup has a run of PER_LANE * its size neighbouring packets: packet `step` of an invocation is number PlaceInTile(step) of
// the tile. Sums over a run need no shared memory, and one word a subgroup is all that goes through it. Elements become their sums at
// once, so that a waiting invocation holds them and nothing else.
// Needs BITS, T, x_packets, x, y_packets, y, n and exclusive.
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#extension GL_KHR_shader_subgroup_ballot : require

const uint kTile = WG * PER_LANE * VEC;

shared T run_sums[WG / 4];

uint PlaceInTile(uint step) {
  return (gl_SubgroupID * PER_LANE + step) * min(gl_SubgroupSize, WG) + gl_SubgroupInvocationID;
}

// Beyond the array's end: zeros.
void LoadTile(uint tile, out T e[PER_LANE][VEC]) {
  const uint first = tile * kTile;
  if (first + kTile <= n) {
    BITS packets[PER_LANE];
    [[unroll]] for (uint s = 0; s < PER_LANE; ++s) packets[s] = x_packets[first / VEC + PlaceInTile(s)];
    [[unroll]] for (uint s = 0; s < PER_LANE; ++s) Unpack(packets[s], e[s]);
  } else {
    [[unroll]] for (uint s = 0; s < PER_LANE; ++s) {
      [[unroll]] for (uint v = 0; v < VEC; ++v) {
        const uint i = first + PlaceInTile(s) * VEC + v;
        e[s][v] = T(0);
        if (i < n) FromBits(x[i], e[s][v]);
      }
    }
  }
}

// Each element becomes the sum of those before it in its subgroup's run, and of itself unless exclusive; returns the sum of the run.
T ScanRun(inout T e[PER_LANE][VEC]) {
  T run = T(0);
  [[unroll]] for (uint s = 0; s < PER_LANE; ++s) {
    T own = e[s][0];
    [[unroll]] for (uint v = 1; v < VEC; ++v) own += e[s][v];
    const T before = subgroupExclusiveAdd(own);
    T sum = run + before;
    [[unroll]] for (uint v = 0; v < VEC; ++v) {
      const T next = sum + e[s][v];
      e[s][v] = exclusive != 0 ? sum : next;
      sum = next;
    }
    run += subgroupBroadcast(before + own, min(gl_SubgroupSize, WG) - 1);
  }
  return run;
}

// The sum of the tile's runs before this invocation's; all: of every run. Each invocation must call it, with a barrier between calls.
T BeforeRun(T run, out T all) {
  if (subgroupElect()) run_sums[gl_SubgroupID] = run;
  barrier();
  T before = T(0);
  all = T(0);
  for (uint i = gl_SubgroupInvocationID; i < gl_NumSubgroups; i += min(gl_SubgroupSize, WG)) {
    const T sum = run_sums[i];
    before += i < gl_SubgroupID ? sum : T(0);
    all += sum;
  }
  all = subgroupAdd(all);
  return subgroupAdd(before);
}

// before: the sum of all elements before the subgroup's run.
void StoreTile(uint tile, T e[PER_LANE][VEC], T before) {
  const uint first = tile * kTile;
  [[unroll]] for (uint s = 0; s < PER_LANE; ++s) {
    [[unroll]] for (uint v = 0; v < VEC; ++v) e[s][v] += before;
    if (first + kTile <= n) {
      y_packets[first / VEC + PlaceInTile(s)] = Pack(e[s]);
    } else {
      [[unroll]] for (uint v = 0; v < VEC; ++v) {
        const uint i = first + PlaceInTile(s) * VEC + v;
        if (i < n) y[i] = ToBits(e[s][v]);
      }
    }
  }
}
