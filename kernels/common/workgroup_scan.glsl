// Prefix sums of values of T over a workgroup of WG invocations (a power of two), for any subgroup size of 4 or more.
//
// Lane() numbers the invocations along the subgroups; data must be laid out by it, not by gl_LocalInvocationIndex.
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require

#ifndef SCAN_STEPS
#define SCAN_STEPS 1
#endif

shared T scan_scratch[SCAN_STEPS * WG / 4];
shared T scan_total;

uint Lane() { return gl_SubgroupID * gl_SubgroupSize + gl_SubgroupInvocationID; }

// Replaces x[s] by the sum of all values before it, in the order x[0] of every lane, then x[1] of every lane, ...; returns the
// sum of all. Every invocation must call it, with a barrier between two calls.
T WorkgroupScan(inout T x[SCAN_STEPS]) {
  const bool is_last = gl_SubgroupInvocationID == min(gl_SubgroupSize, WG) - 1;
  [[unroll]] for (uint s = 0; s < SCAN_STEPS; ++s) {
    const T before = subgroupExclusiveAdd(x[s]);
    if (is_last) scan_scratch[s * gl_NumSubgroups + gl_SubgroupID] = before + x[s];
    x[s] = before;
  }
  barrier();
  if (gl_SubgroupID == 0) {
    T carry = T(0);
    const uint width = min(gl_SubgroupSize, WG), count = SCAN_STEPS * gl_NumSubgroups;
    for (uint first = 0; first < count; first += width) {
      const uint i = first + gl_SubgroupInvocationID;
      const T sum = i < count ? scan_scratch[i] : T(0);
      const T before = carry + subgroupExclusiveAdd(sum);
      if (i < count) scan_scratch[i] = before;
      carry += subgroupAdd(sum);
    }
    if (gl_SubgroupInvocationID == 0) scan_total = carry;
  }
  barrier();
  [[unroll]] for (uint s = 0; s < SCAN_STEPS; ++s) x[s] += scan_scratch[s * gl_NumSubgroups + gl_SubgroupID];
  return scan_total;
}
