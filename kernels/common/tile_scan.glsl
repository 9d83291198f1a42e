// Prefix sums of a tile's values of T over a workgroup of WG invocations (a power of two), for any subgroup size of 4 or more.
//
// Each subgroup has a run of PER_LANE * its size neighbouring values: value `step` of an invocation is number PlaceInTile(step) of
// the tile. The sums over a run need no shared memory, and one word a subgroup is all that goes through it.
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#extension GL_KHR_shader_subgroup_ballot : require

shared T run_sums[WG / 4];

uint PlaceInTile(uint step) {
  return (gl_SubgroupID * PER_LANE + step) * min(gl_SubgroupSize, WG) + gl_SubgroupInvocationID;
}

// Replaces x[s] by the sum of all values before it in the tile; returns the sum of all. Every invocation must call it, with a barrier
// between two calls.
T TileScan(inout T x[PER_LANE]) {
  const uint width = min(gl_SubgroupSize, WG);
  T run_sum = T(0);
  [[unroll]] for (uint s = 0; s < PER_LANE; ++s) {
    const T before = subgroupExclusiveAdd(x[s]), all = subgroupBroadcast(before + x[s], width - 1);
    x[s] = run_sum + before;
    run_sum += all;
  }
  if (subgroupElect()) run_sums[gl_SubgroupID] = run_sum;
  barrier();
  T before = T(0), total = T(0);
  for (uint i = gl_SubgroupInvocationID; i < gl_NumSubgroups; i += width) {
    const T sum = run_sums[i];
    before += i < gl_SubgroupID ? sum : T(0);
    total += sum;
  }
  before = subgroupAdd(before);
  [[unroll]] for (uint s = 0; s < PER_LANE; ++s) x[s] += before;
  return subgroupAdd(total);
}
